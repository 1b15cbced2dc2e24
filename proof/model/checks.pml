/* What must hold. */

/* Whether the owner of slot id died inside, in that mode, and nobody has been told. */
#define OWES(id, mode_then) \
  ((untold >> id & 1) && MODE(slot[id].word) == mode_then && \
   OVERLAP(slot[id].first, slot[id].last, my_first, my_last))

/* On a grant: nobody is inside in conflict, no word is HELD in conflict, no earlier one is QUEUED in
 * conflict. (A dead one's HELD word has to be cleared first, too.) */
inline check_grant() {
  d_step {
    k = 0;
    do
    :: k < LANES ->
      if
      :: k != me ->
        assert(!(inside[k] != 0 && (inside[k] == 2 || mode == EXCLUSIVE) &&
                 OVERLAP(slot[k].first, slot[k].last, my_first, my_last)));
        assert(!(STATE(slot[k].word) == HELD && CONFLICT(k, me)));
        assert(!(STATE(slot[k].word) == QUEUED && CONFLICT(k, me) && TICKET(slot[k].word) < ticket));
#if KILLS > 0
        if
        :: OWES(k, EXCLUSIVE) -> owed = owed | (1 << k)
        :: else
        fi
#endif
      :: else
      fi;
      k++
    :: else -> k = FIRST_OTHER; break
    od
  }
}

/* A grant is owed the news of every exclusive holder's death before it, and of every told one's before its
 * last look began. */
inline begin_look() {
#if KILLS > 0
  d_step {
    owed = 0;
    k = 0;
    do
    :: k < LANES && OWES(k, SHARED) -> owed = owed | (1 << k); k++
    :: k < LANES && !OWES(k, SHARED) -> k++
    :: else -> k = FIRST_OTHER; break
    od
  }
#else
  skip
#endif
}

/* News is told at most once for each death that leaves some. */
inline check_heard(id) {
  assert(deaths > 0);
  deaths--;
  untold = untold & ~(1 << id)
}

/* A grant that tells nothing owed nothing: what had happened before it has been told to others. */
inline check_told() {
  assert(heard || (owed & untold) == 0);
  owed = 0;
  news = 0
}

/* One who waits at the end, behind the request of one who is stopped, or behind one who waits so. */
#define BEHIND(a, b) (a != b && IS_LIVE(slot[a].word) && IS_LIVE(slot[b].word) && CONFLICT(a, b) && \
  (STATE(slot[b].word) == HELD || TICKET(slot[b].word) < TICKET(slot[a].word)))
#define BEHIND_STOPPED(a, b) (frozen[b] && BEHIND(a, b))
#if LANES == 2
#define BEHIND_ANY_STOPPED(a) (BEHIND_STOPPED(a, 0) || BEHIND_STOPPED(a, 1))
#define STUCK_BEHIND_THE_STOPPED (ALL_STILL && !MAY_TIME_OUT && BEHIND_ANY_STOPPED(me))
#else
#define BEHIND_ANY_STOPPED(a) (BEHIND_STOPPED(a, 0) || BEHIND_STOPPED(a, 1) || BEHIND_STOPPED(a, 2))
#define STUCK_BEHIND_THE_STOPPED (ALL_STILL && !MAY_TIME_OUT && (BEHIND_ANY_STOPPED(me) || \
  (BEHIND(me, 0) && BEHIND_ANY_STOPPED(0)) || (BEHIND(me, 1) && BEHIND_ANY_STOPPED(1)) || \
  (BEHIND(me, 2) && BEHIND_ANY_STOPPED(2))))
#endif
