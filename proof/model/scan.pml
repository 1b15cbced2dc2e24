/* scan.hpp: looking at the other slots. */

/* Every read of shared memory is a step. With ranges, the judgement of a word takes several: word, range,
 * word again. Without, all ranges are the same, and the judgement depends on the last reading alone; so the
 * whole of it is one step. */
#ifdef RANGES
#define UNDIVIDED
#else
#define UNDIVIDED atomic
#endif

#define PASS       0
#define IN_THE_WAY 1
#define NEWS       2
#define ANNOUNCED  3
#define AGAIN      4

/* judge(), `message`: a dead one's, or one who may have died told, and whom I go together with. */
#ifdef BREAK_TOLD_PASSED_OVER
#define MESSAGE(w) (STATE(w) == DIED)
#else
#define MESSAGE(w) (STATE(w) == DIED || (STATE(w) == HELD && IS_TOLD(w) && !MODES_CONFLICT(MODE(w), mode)))
#endif

/* judge(), `candidate`: the words that my request has to do with. */
#define CANDIDATE(w) (MESSAGE(w) || (MODES_CONFLICT(MODE(w), mode) && \
  (STATE(w) == HELD || STATE(w) == ENTERING || (STATE(w) == QUEUED && TICKET(w) < ticket))))

/* With WHOLE_RANGES the two halves of a range are read, and written, in one step: see README. */
#ifdef WHOLE_RANGES
#define HALVES atomic
#else
#define HALVES
#endif

/* read_extent(): the range that belongs to v, which was read before; SAME: v, read again. */
inline read_extent(id) {
#ifdef RANGES
  HALVES {
    other_first = slot[id].first;
    other_last = slot[id].last
  }
#else
  skip
#endif
}

#define SAME(id) (slot[id].word == v)

#define OVERLAPS_MINE OVERLAP(other_first, other_last, my_first, my_last)

/* wipe(): takes an announcement back. (The looks that wait for it to queue first are left out: they only
 * delay.) */
inline wipe(id) {
#if defined(BREAK_ENTERING_PASSED_OVER)
  relation = PASS
#elif defined(BREAK_WIPE_ANY_WORD)
  set_word(id, FREE);
  relation = PASS
#else
  if
  :: slot[id].word == v -> set_word(id, FREE); relation = PASS
  :: else -> relation = AGAIN
  fi
#endif
}

/* judge(): how the request found as v in slot `id` stands to mine. AGAIN: the word has moved on, and is
 * read anew. */
inline judge(id) {
  read_extent(id);
  atomic {
    if
    :: !SAME(id) -> relation = AGAIN
    :: else ->
      if
      :: !OVERLAPS_MINE -> relation = PASS
      :: OVERLAPS_MINE && MESSAGE(v) -> relation = NEWS
      :: OVERLAPS_MINE && IS_LIVE(v) && !MESSAGE(v) -> relation = IN_THE_WAY
      :: OVERLAPS_MINE && STATE(v) == ENTERING -> relation = ANNOUNCED
      fi
    fi
  };
  if
  :: atomic { relation == ANNOUNCED -> wipe(id) }
  :: relation != ANNOUNCED
  fi
}

inline forget_extent() {
#ifdef RANGES
  other_first = 0;
  other_last = 0
#else
  skip
#endif
}

/* The first other slot; the next one, or the end of the loop. */
#define FIRST_OTHER (me == 0 -> 1 : 0)

inline next_slot(at) {
  at = (at + 1 == me -> at + 2 : at + 1);
  if
  :: at >= LANES -> at = FIRST_OTHER; break
  :: else
  fi
}

/* look(): all others, one after the other. Sets ahead, front, latest, news. */
inline look() {
  do
  :: atomic { !CANDIDATE(slot[j].word) -> next_slot(j) }
  :: UNDIVIDED {
       atomic { CANDIDATE(slot[j].word) -> v = slot[j].word };
       judge(j);
       atomic {
         note();
         v = 0;
         forget_extent();
         if
         :: relation == AGAIN -> relation = PASS
         :: else -> relation = PASS; next_slot(j)
         fi
       }
     }
  od
}

inline note() {
  if
  :: relation == NEWS -> news = 1
  :: relation == IN_THE_WAY ->
    ahead = 1;
#if KILLS > 0
    if
    :: front == NOBODY || TICKET(v) < front_ticket -> front = j; front_ticket = TICKET(v)
    :: else
    fi;
#endif
    if
    :: TICKET(v) > latest -> latest = TICKET(v)
    :: else
    fi
  :: else
  fi
}
