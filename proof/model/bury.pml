/* bury.hpp: clearing what the dead have left. */

#ifdef BREAK_BURY_ANY_WORD
#define SAME_TO_BURY(id) true
#else
#define SAME_TO_BURY(id) (slot[id].word == v)
#endif

/* bury_known_dead(): from exactly v. */
inline bury_known_dead(id) {
#ifdef BREAK_DEAD_BEFORE_READ
  v = slot[id].word;
#endif
  if
  :: atomic {
       SAME_TO_BURY(id) ->
       if
       :: LEAVES_NEWS(v) -> set_word(id, WORD(DIED, MODE(v), TICKET(v)))
       :: else -> set_word(id, FREE)
       fi
     };
     after_leaving(MODE(v), other_first, other_last, TICKET(v))
  :: slot[id].word != v
  fi
}

/* bury() of v, just read: its range, v again, its owner's death, its end. */
inline bury(id) {
  read_extent(id);
  if
  :: slot[id].word != v
  :: slot[id].word == v ->
     if
     :: !CERTAINLY_DEAD(id)
     :: CERTAINLY_DEAD(id) -> bury_known_dead(id)
     fi
  fi
}

/* bury_in_my_way(): those who hold in my way, and the front of those who wait. v was read first, then (in
 * judge) its range, and v again; then its owner is found dead; then it is cleared. `changed`: it is worth
 * looking again. */
inline bury_in_my_way() {
  do
  :: atomic { v == 0 && !CANDIDATE(slot[j].word) -> next_slot(j) }
  :: UNDIVIDED {
       atomic { v == 0 && CANDIDATE(slot[j].word) -> v = slot[j].word };
       judge(j);
       atomic {
         if
         :: relation == IN_THE_WAY && (STATE(v) == HELD || j == front) -> relation = PASS
         :: relation == AGAIN -> relation = PASS; v = 0; forget_extent()
         :: else -> relation = PASS; v = 0; forget_extent(); next_slot(j)
         fi
       }
     }
  :: atomic { v != 0 && !CERTAINLY_DEAD(j) -> v = 0; forget_extent(); next_slot(j) }
  :: atomic { v != 0 && CERTAINLY_DEAD(j) -> changed = 1 };
     bury_known_dead(j);
     atomic { v = 0; forget_extent(); next_slot(j) }
  od
}

/* bury_lane(): for the one slot of lane `me`, which I want (claimed_by_us: 0), or have claimed (1). */
inline bury_lane(claimed_by_us) {
  if
  :: STATE(slot[me].word) == FREE || STATE(slot[me].word) == DIED
  :: atomic { STATE(slot[me].word) != FREE && STATE(slot[me].word) != DIED -> v = slot[me].word };
#ifdef RANGES
     other_first = slot[me].first;
     other_last = slot[me].last;
#endif
     if
     :: slot[me].word != v
     :: slot[me].word == v ->
       if
       :: !claimed_by_us && !CERTAINLY_DEAD(me)
       :: (claimed_by_us || CERTAINLY_DEAD(me)) ->
         if
         :: IS_LIVE(v) -> bury_known_dead(me)
         :: STATE(v) == ENTERING ->
            atomic {
              if
              :: slot[me].word == v -> set_word(me, FREE)
              :: else
              fi
            }
         fi
       fi
     fi;
     atomic { v = 0; forget_extent() }
  fi
}

/* participant::claim_lane(): clears what a dead owner has left, claims the byte, clears again. A lane whose
 * slot holds a message is of no use (its other slots are not in the model). */
inline claim_lane() {
#if !defined(BREAK_CLAIM_WITHOUT_BURY) && !defined(BREAK_BURY_AFTER_CLAIM_ONLY)
  bury_lane(0);
#endif
  if
  :: atomic { owner[me] == 0 -> SAY2("%d: claims lane %d\n", _pid, me); owner[me] = _pid + 1 }
  :: atomic { owner[me] != 0 -> over[_pid] = 1; goto end_finished }
  fi;
#if !defined(BREAK_CLAIM_WITHOUT_BURY) && !defined(BREAK_BURY_BEFORE_CLAIM_ONLY)
  bury_lane(1);
#endif
  if
  :: atomic { slot[me].word != FREE -> over[_pid] = 1; goto end_finished }
  :: atomic { slot[me].word == FREE -> newcomer = 0 }
  fi
}
