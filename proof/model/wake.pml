/* wake.hpp: waking those who may go after a request has ended. */

#define MAY_FOLLOW(w, left_mode) (STATE(w) == QUEUED && MODES_CONFLICT(MODE(w), left_mode))

/* collect(): those who sleep in conflict with what was released. Reads word, `parked`, range, word again. */
inline collect(left_mode, left_first, left_last) {
  do
  :: atomic { !MAY_FOLLOW(slot[k].word, left_mode) -> next_slot(k) }
  :: atomic { MAY_FOLLOW(slot[k].word, left_mode) -> u = slot[k].word };
     if
     :: atomic { slot[k].parked == 0 -> u = 0; next_slot(k) }
     :: slot[k].parked == 1 ->
#ifdef RANGES
       HALVES {
         seen_first = slot[k].first;
         seen_last = slot[k].last
       };
#endif
       atomic {
         if
         :: slot[k].word == u && OVERLAP(seen_first, seen_last, left_first, left_last) -> insert(k)
         :: else
         fi;
         u = 0;
         forget_seen();
         next_slot(k)
       }
     fi
  od
}

inline insert(id) {
  waiting[id].word = u;
#ifdef RANGES
  waiting[id].first = seen_first;
  waiting[id].last = seen_last
#endif
}

inline forget_seen() {
#ifdef RANGES
  seen_first = 0;
  seen_last = 0
#else
  skip
#endif
}

/* t, earlier and asleep, is in the way of s. */
#define HOLDS_BACK(t, s)                                                          \
  (waiting[t].word != 0 && TICKET(waiting[t].word) < TICKET(waiting[s].word) &&   \
   MODES_CONFLICT(MODE(waiting[t].word), MODE(waiting[s].word)) &&                \
   OVERLAP(waiting[t].first, waiting[t].last, waiting[s].first, waiting[s].last))
#if LANES == 2
#define HELD_BACK(s) (HOLDS_BACK(0, s) || HOLDS_BACK(1, s))
#else
#define HELD_BACK(s) (HOLDS_BACK(0, s) || HOLDS_BACK(1, s) || HOLDS_BACK(2, s))
#endif

/* s: the next of `waiting`, by ticket, that nobody holds back; or NOBODY. Its own memory only. */
inline choose_next() {
  s = NOBODY;
  k = 0;
  do
  :: k == LANES -> k = FIRST_OTHER; break
  :: k < LANES && (TICKET(waiting[k].word) <= woken_upto || HELD_BACK(k)) -> k++
  :: k < LANES && TICKET(waiting[k].word) > woken_upto && !HELD_BACK(k) ->
    if
    :: s == NOBODY -> s = k
    :: s != NOBODY ->
      if
      :: TICKET(waiting[k].word) < TICKET(waiting[s].word) -> s = k
      :: else
      fi
    fi;
    k++
  od
}

/* Whoever holds another back has been woken, or is held back itself. */
inline check_woken() {
  k = 0;
  do
  :: k < LANES -> assert(waiting[k].word == 0 || waiting[k].woken || HELD_BACK(k)); k++
  :: k == LANES -> k = FIRST_OTHER; break
  od
}

inline wake_followers(left_mode, left_first, left_last) {
  collect(left_mode, left_first, left_last);
  do
  :: atomic { !roused -> /* rouse(): the CAS on `parked` */
       choose_next();
       if
#ifdef BREAK_WAKE_SMALLEST_ONLY
       :: woken_upto != 0 && s != NOBODY && !slot[s].parked -> forget_waiting(); break
       :: woken_upto != 0 && s != NOBODY && slot[s].parked -> forget_waiting(); break
#endif
       :: s == NOBODY -> check_woken(); forget_waiting(); break
       :: s != NOBODY && !slot[s].parked ->
         woken_upto = TICKET(waiting[s].word);
         waiting[s].word = 0
       :: s != NOBODY && slot[s].parked ->
         woken_upto = TICKET(waiting[s].word);
         slot[s].parked = 0;
         roused = 1
       fi
     }
  :: atomic { roused -> wake(s); roused = 0 }
  od
}

/* futex_wake(): who sleeps on the slot's `parked`. If nobody does, it holds nobody back. */
inline wake(id) {
  if
  :: ASLEEP_ON(id) -> SAY2("%d: wakes slot %d\n", _pid, id); asleep[owner[id] - 1] = 0; waiting[id].woken = 1
  :: else ->
#ifdef BREAK_ABSENT_HOLDS_BACK
    skip
#else
    waiting[id].word = 0
#endif
  fi
}

inline forget_waiting() {
  woken_upto = 0;
  s = 0;
  k = 0;
  do
  :: k < LANES -> waiting[k].word = 0; waiting[k].first = 0; waiting[k].last = 0; waiting[k].woken = 0; k++
  :: k == LANES -> k = FIRST_OTHER; break
  od
}

/* after_leaving(): the word is FREE already. */
inline after_leaving(left_mode, left_first, left_last, left_ticket) {
  if
  :: parked_upto < left_ticket
  :: parked_upto >= left_ticket -> wake_followers(left_mode, left_first, left_last)
  fi
}
