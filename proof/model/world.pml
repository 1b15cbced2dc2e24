/* What is shared: the region's memory, what the kernel knows, and what only the checks know. */

#define NOBODY 255

/* The story of a counterexample: printed when SPIN replays it, nothing in a search. */
#define SAY1(text, a)          printf(text, a)
#define SAY2(text, a, b)       printf(text, a, b)
#define SAY4(text, a, b, c, d) printf(text, a, b, c, d)

/* ---- the region: shared.hpp. One slot a lane. ---- */

typedef slot_type {
  short word;
  bit first, last; /* the range */
  bit parked
};
slot_type slot[LANES];
byte next_ticket = 1;
byte parked_upto;

/* One of `sleepers` (wake.hpp), in the memory of who wakes them. */
typedef sleeper_type {
  short word; /* 0: not there, or absent */
  bit first, last;
  bit woken
};

/* ---- the kernel ---- */

/* Who has the claim byte of the lane: process + 1; 0: certainly dead. */
#ifdef CONTEST
byte owner[LANES] = {0, 3};
#elif LANES == 2
byte owner[LANES] = {1, 2};
#else
byte owner[LANES] = {1, 2, 3};
#endif
bit asleep[PROCESSES]; /* in futex_wait on its slot's `parked` */
bit over[PROCESSES];   /* ended, dead, or stopped for ever: will not move again */

#define CERTAINLY_DEAD(lane) (owner[lane] == 0)
#define ASLEEP_ON(lane) (owner[lane] != 0 && asleep[owner[lane] - 1])

/* ---- time: a sleep is bounded (world::sleep) ----
 * A time-out is the last resort: it comes only when every process is asleep or over. (SPIN's own `timeout`
 * would wait for `fate` to act as well.) A second one that would see no other words than the last is left
 * out: so a lock that is stuck is an invalid end state here, and not an endless row of time-outs.
 * With EARLY_TIMEOUTS they come at any time. */

byte unseen; /* a bit a process: some word has changed since its last time-out */
#define EVERYBODY ((1 << PROCESSES) - 1)

#if PROCESSES == 2
#define ALL_STILL ((asleep[0] || over[0]) && (asleep[1] || over[1]))
#else
#define ALL_STILL ((asleep[0] || over[0]) && (asleep[1] || over[1]) && (asleep[2] || over[2]))
#endif

#if defined(NO_TIMEOUTS)
#define MAY_TIME_OUT false
#elif defined(EARLY_TIMEOUTS)
#define MAY_TIME_OUT (unseen >> _pid & 1)
#else
#define MAY_TIME_OUT (ALL_STILL && (unseen >> _pid & 1))
#endif

#ifdef NO_TIMEOUTS
#define CHANGED skip
#else
#define CHANGED unseen = EVERYBODY
#endif

inline set_word(lane, new_word) {
  SAY4("%d: slot %d becomes %d, ticket %d\n", _pid, lane, STATE(new_word), TICKET(new_word));
  slot[lane].word = new_word;
  CHANGED
}

/* ---- checks only ---- */

byte inside[LANES]; /* in the section that the lock protects: 1 + mode; 0: not */
bit frozen[LANES];  /* its request is that of one who is stopped for ever */
byte deaths;        /* holders' deaths whose news has not been told: never told more often than that */
byte untold;        /* a bit a lane: its owner died inside, exclusive or told, and nobody alive has heard */

/* ---- fate (fate.pml) ---- */

#ifndef KILLS
#define KILLS 0
#endif
#ifndef STOPS
#define STOPS 0
#endif

byte hit = NOBODY; /* who is killed or stopped now */
bit hit_is_stop;
byte kills_left = KILLS, stops_left = STOPS;
