/* acquire.hpp: the life of a request. */

/* enter(): announces the request, takes a ticket, installs it; starts again when it has been wiped. */
inline enter() {
  do
  :: begin();
#ifdef RANGES
#ifndef WHOLE_RANGES
     slot[me].last = my_last;
#endif
     announce();
#endif
     take_ticket();
#ifdef BREAK_TICKET_BEFORE_ANNOUNCEMENT
     announce();
#endif
     if
     :: atomic {
          slot[me].word == WORD(ENTERING, mode, 0) ->
          set_word(me, WORD(QUEUED, mode, ticket));
          begin_look();
          break
        }
     :: atomic { slot[me].word != WORD(ENTERING, mode, 0) -> ticket = 0 };
        if
        :: atomic { limited -> set_word(me, FREE); goto round_over }
        :: true
        fi
     fi
  od
}

/* The choice of a request, the first time, and the first access: to the range, or else the announcement. */
inline begin() {
  atomic {
    !newcomer ->
    if
    :: !chosen -> choose_request()
    :: chosen
    fi;
#if defined(RANGES)
    slot[me].first = my_first
#ifdef WHOLE_RANGES
    ; slot[me].last = my_last
#endif
#elif !defined(BREAK_TICKET_BEFORE_ANNOUNCEMENT)
    announce()
#endif
  }
}

inline announce() {
  atomic { set_word(me, WORD(ENTERING, mode, 0)) }
}

inline take_ticket() {
  atomic {
    ticket = next_ticket;
    next_ticket++;
    SAY2("%d: takes ticket %d\n", _pid, ticket);
    assert(ticket < MAX_TICKET) /* else somebody is wiped without end */
  }
}

/* leave(): ends a request, granted or waiting, and wakes those who wait behind it. */
inline leave() {
#ifdef BREAK_RANGE_BEFORE_FREE
  slot[me].first = 0;
  slot[me].last = 0;
#endif
  atomic {
    assert(slot[me].word == WORD(STATE(slot[me].word), mode, ticket) + TOLD * IS_TOLD(slot[me].word));
    inside[me] = 0;
    heard = 0;
    set_word(me, FREE)
  };
  after_leaving(mode, my_first, my_last, ticket)
}

/* hear_news(): takes over the news of deaths in my range. One who shares marks its own word first, so that
 * its own death would carry them on. */
#ifdef BREAK_TOLD_PASSED_OVER
#define TO_BURY(w) false
#else
#define TO_BURY(w) (STATE(w) == HELD && IS_TOLD(w))
#endif

inline hear_news() {
  if
  :: atomic { mode == SHARED -> mark_told() }
  :: mode == EXCLUSIVE
  fi;
  do
  :: atomic { STATE(slot[j].word) != DIED && !TO_BURY(slot[j].word) -> next_slot(j) }
  :: atomic { TO_BURY(slot[j].word) -> v = slot[j].word };
     bury(j);
     atomic {
       v = 0;
       forget_extent();
       if
       :: STATE(slot[j].word) == DIED /* buried, by us or by others: heard now */
       :: else -> next_slot(j)
       fi
     }
  :: UNDIVIDED {
       atomic { STATE(slot[j].word) == DIED -> v = slot[j].word };
#ifdef RANGES
       HALVES {
         seen_first = slot[j].first;
         seen_last = slot[j].last
       };
#endif
       atomic { /* the word again, and the CAS: the second says what the first would have */
         if
         :: slot[j].word == v && OVERLAP(seen_first, seen_last, my_first, my_last) ->
           set_word(j, FREE);
           heard = 1;
           check_heard(j)
         :: else
         fi;
         v = 0;
         forget_seen();
         next_slot(j)
       }
     }
  od;
  if
  :: atomic { mode == SHARED && !heard -> unmark_told(); check_told() }
  :: atomic { mode == EXCLUSIVE || heard -> check_told() }
  fi
}

inline mark_told() {
#ifdef BREAK_TOLD_NOT_MARKED
  skip
#else
  set_word(me, WORD(HELD, mode, ticket) + TOLD)
#endif
}

inline unmark_told() { set_word(me, WORD(HELD, mode, ticket)) }

/* take(): QUEUED becomes HELD. A living one's word is taken away by nobody: it cannot be lost. */
inline take() {
  assert(slot[me].word == WORD(QUEUED, mode, ticket));
  set_word(me, WORD(HELD, mode, ticket));
  inside[me] = 1 + mode;
  check_grant()
}

/* announce_sleeper(): a loop of load and CAS that ends when the value is large enough: one step, that of
 * the CAS which succeeds or the load which finds it so. */
inline announce_sleeper() {
  atomic {
    if
    :: parked_upto < announced -> parked_upto = announced
    :: else
    fi
  }
}

/* world::sleep(): futex_wait. It compares and goes to sleep in one step. */
inline sleep() {
  atomic {
    if
    :: slot[me].parked -> asleep[_pid] = 1; SAY1("%d: sleeps\n", _pid)
    :: else
    fi
  }
}

inline wake_up() {
  do
  :: atomic { !asleep[_pid] -> slot[me].parked = 0; break }
  :: atomic {
       asleep[_pid] && MAY_TIME_OUT ->
       SAY1("%d: time-out\n", _pid);
       asleep[_pid] = 0;
       unseen = unseen & ~(1 << _pid)
     }
  :: atomic { asleep[_pid] && limited -> asleep[_pid] = 0; expired = 1 }
#if STOPS > 0
  :: atomic { asleep[_pid] && STUCK_BEHIND_THE_STOPPED -> over[_pid] = 1; goto end_finished }
#endif
  od
}

/* park(): mark (in the step that decides to), announce, look again, sleep. */
inline mark_parked() {
  SAY1("%d: parked\n", _pid);
  slot[me].parked = 1;
  announced = latest;
  forget_survey()
}

inline park() {
#if !defined(BREAK_PARKED_UPTO_NOT_RAISED) && !defined(BREAK_PARKED_UPTO_AFTER_SECOND_LOOK)
  announce_sleeper();
#endif
#ifdef BREAK_NO_SECOND_LOOK
  atomic { announced = 0; sleep() };
  wake_up()
#else
  look();
#ifdef BREAK_PARKED_UPTO_AFTER_SECOND_LOOK
  announce_sleeper();
#endif
  if
  :: atomic { ahead && latest <= announced -> forget_survey(); announced = 0; sleep() }; wake_up()
  :: atomic { !ahead || latest > announced -> forget_survey(); announced = 0; slot[me].parked = 0 }
  fi
#endif
}

inline forget_survey() { ahead = 0; front = NOBODY; front_ticket = 0; latest = 0; news = 0; begin_look() }

/* await_turn(). What a look leads to is decided in the step that follows from it. */
inline await_turn() {
  do
  :: look();
     if
     :: atomic { !ahead && !news -> take(); check_told(); break }
#if defined(BREAK_NEWS_BEFORE_HELD)
     :: !ahead && news -> hear_news(); atomic { take(); check_told(); break }
#elif KILLS > 0
     :: atomic { !ahead && news -> take() }; hear_news(); break
#endif
#ifdef BREAK_CANCEL_WITHOUT_WAKE
     :: atomic { ahead && limited -> set_word(me, FREE); goto round_over }
#else
     :: ahead && limited -> goto giving_up
#endif
#if KILLS > 0
     :: ahead && !expired ->
        bury_in_my_way();
        if
        :: atomic { changed -> changed = 0; forget_survey() }
        :: atomic { !changed -> mark_parked() }; park()
        fi
#else
     :: atomic { ahead && !expired -> mark_parked() }; park()
#endif
     fi
  od
}
