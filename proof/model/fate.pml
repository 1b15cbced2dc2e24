/* Kills and stops, at any step. `hit` is taken by the victim before anybody else moves (`provided`, in
 * lock.pml): the step that it was about to make never comes. */

#if KILLS + STOPS > 0

/* Who may be killed, and when: anybody at any time, unless a run says otherwise. */
#if defined(KILL_ONLY_LEAVERS)
#define MAY_KILL(process) (slot[process].word == FREE) /* one who wakes, or has not begun */
#else
#define MAY_KILL(process) true
#endif
#ifdef VICTIM
#define MAY_HIT(process) (hit == NOBODY && process == VICTIM && !over[process])
#else
#define MAY_HIT(process) (hit == NOBODY && !over[process])
#endif
#define CAN_KILL(process) (MAY_HIT(process) && kills_left > 0 && MAY_KILL(process))
#define CAN_STOP(process) (MAY_HIT(process) && stops_left > 0)

inline kill(process) { kills_left--; hit = process }
inline stop(process) { stops_left--; hit_is_stop = 1; hit = process }

active proctype fate() {
end_fate:
  do
  :: atomic { CAN_KILL(0) -> kill(0) }
  :: atomic { CAN_STOP(0) -> stop(0) }
  :: atomic { CAN_KILL(1) -> kill(1) }
  :: atomic { CAN_STOP(1) -> stop(1) }
#if PROCESSES > 2
  :: atomic { CAN_KILL(2) -> kill(2) }
  :: atomic { CAN_STOP(2) -> stop(2) }
#endif
  od
}
#endif
