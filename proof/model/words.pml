/* The word of a slot, as in src/table/words.hpp, and what is in conflict with what. */

#define FREE      0
#define ENTERING  1
#define QUEUED    2
#define HELD      3
#define DIED      4

#define SHARED    0
#define EXCLUSIVE 1

#define TOLD      16

#define WORD(state, mode, ticket) ((state) + 8 * (mode) + 32 * (ticket))
#define STATE(w)   ((w) & 7)
#define MODE(w)    (((w) >> 3) & 1)
#define IS_TOLD(w) (((w) & TOLD) != 0)
#define TICKET(w)  ((w) >> 5)

#define IS_LIVE(w) (STATE(w) == QUEUED || STATE(w) == HELD)
#define LEAVES_NEWS(w) (STATE(w) == HELD && (MODE(w) == EXCLUSIVE || IS_TOLD(w)))

#define MODES_CONFLICT(a, b) ((a) == EXCLUSIVE || (b) == EXCLUSIVE)

/* The file has two bytes, A = 0 and B = 1: the ranges are A, B and A..B. */
#ifdef RANGES
#define OVERLAP(first_a, last_a, first_b, last_b) ((first_a) <= (last_b) && (first_b) <= (last_a))
#else
#define OVERLAP(first_a, last_a, first_b, last_b) true
#endif

/* Two slots, by what stands in the shared memory: for checks only. */
#define CONFLICT(a, b)                                           \
  (MODES_CONFLICT(MODE(slot[a].word), MODE(slot[b].word)) &&     \
   OVERLAP(slot[a].first, slot[a].last, slot[b].first, slot[b].last))
