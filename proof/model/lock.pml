/* inturn's lock: a table of slots in shared memory, without a guard. README.md says how to read this. */

#ifndef PROCESSES
#define PROCESSES 2
#endif
/* With CONTEST, processes 0 and 1 both want lane 0, that nobody has claimed yet, and 2 has lane 1. */
#ifdef CONTEST
#define LANES 2
#define LANE_OF(process) (process == 0 -> 0 : process - 1)
#else
#define LANES PROCESSES
#define LANE_OF(process) process
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef MAX_TICKET
#define MAX_TICKET 60
#endif

#include "words.pml"
#include "world.pml"
#include "scan.pml"
#include "wake.pml"
#include "bury.pml"
#include "checks.pml"
#include "acquire.pml"

/* READERS: those who always share (a bit a process); SHARED_TOO: all share or not, as it comes.
 * GIVE_UP: those whose requests have a time limit, which may be over at any look. */
#ifndef READERS
#define READERS 0
#endif
#ifndef GIVE_UP
#define GIVE_UP 0
#endif

inline choose_request() {
  round++;
  chosen = 1;
  limited = GIVE_UP >> _pid & 1;
#ifdef SHARED_TOO
  if
  :: mode = EXCLUSIVE
  :: mode = SHARED
  fi;
#else
  mode = (READERS >> _pid & 1 -> SHARED : EXCLUSIVE);
#endif
  choose_range()
}

/* Process 0 asks for A, 1 for A..B, 2 for B; or, with RANGES=2, each for any. */
inline choose_range() {
#ifdef RANGES
  if
  :: (RANGES == 2 || _pid == 0) -> my_first = 0; my_last = 0
  :: (RANGES == 2 || _pid == 1) -> my_first = 0; my_last = 1
  :: (RANGES == 2 || _pid == 2) -> my_first = 1; my_last = 1
  fi
#else
  skip
#endif
}

/* Killed: the kernel gives up its claim, its futex wait, and its place in the section. */
inline die() {
  d_step {
    SAY1("%d is killed\n", _pid);
    hit = NOBODY;
    if
    :: owner[me] == _pid + 1 ->
      owner[me] = 0;
      assert(!heard || LEAVES_NEWS(slot[me].word));
      if
      :: LEAVES_NEWS(slot[me].word) -> deaths++
      :: else
      fi;
      if
      :: inside[me] == 2 || (inside[me] == 1 && heard) -> untold = untold | (1 << me)
      :: else
      fi;
      inside[me] = 0
    :: else
    fi;
    asleep[_pid] = 0;
    CHANGED;
    forget_everything();
    over[_pid] = 1
  }
}

/* Stopped for ever: claim, word and section stay as they are. It may or may not sleep on (a stop ends a
 * futex wait; a freezer may not). */
inline stop_for_ever() {
  atomic {
    SAY1("%d is stopped\n", _pid);
    hit = NOBODY;
    hit_is_stop = 0;
    if
    :: owner[me] == _pid + 1 && !newcomer -> frozen[me] = 1
    :: else
    fi;
    if
    :: asleep[_pid] = 0
    :: true
    fi;
    forget_everything();
    over[_pid] = 1
  }
}

/* Its own memory: equal states are to look equal. */
inline forget_everything() {
  chosen = 0; mode = 0; my_first = 0; my_last = 0; limited = 0; expired = 0; ticket = 0;
  ahead = 0; news = 0; heard = 0; front = NOBODY; front_ticket = 0; latest = 0; announced = 0; owed = 0;
  v = 0; u = 0; relation = PASS; j = FIRST_OTHER;
  other_first = 0; other_last = 0; seen_first = 0; seen_last = 0;
  changed = 0; roused = 0;
  forget_waiting()
}

active [PROCESSES] proctype participant() provided (hit == NOBODY || hit == _pid) {
  byte me = LANE_OF(_pid); /* the lane */
  byte round;
  bit newcomer = owner[me] == 0; /* has to claim its lane first */

  /* my request */
  bit chosen, mode, my_first, my_last;
  bit limited, expired; /* has a time limit; it is over */
  byte ticket;
  bit heard;
  byte owed; /* checks only: the lanes whose news this grant is owed */

  /* a look: what it saw (survey), the slot it is at, the word and range read there */
  bit ahead, news;
  byte front = NOBODY, front_ticket, latest, announced;
  byte j = FIRST_OTHER, relation;
  short v;
  bit other_first, other_last;
  bit changed; /* bury_in_my_way: somebody has been buried */

  /* a wake-up: who was collected, the slot it is at, the word and range read there */
  sleeper_type waiting[LANES];
  byte k = FIRST_OTHER, s, woken_upto;
  short u;
  bit seen_first, seen_last;
  bit roused; /* the CAS on `parked` was mine */

born:
  {
    do
    :: newcomer -> claim_lane()
    :: enter();
       await_turn();
giving_up:
       leave();
round_over:
       atomic {
         forget_everything();
         if
         :: round == ROUNDS -> over[_pid] = 1; goto end_finished
         :: else
         fi
       }
    od
  } unless {
    if
    :: atomic { hit == _pid && hit_is_stop -> stop_for_ever(); goto end_finished }
    :: atomic { hit == _pid && !hit_is_stop -> die() }
    fi
  };
#ifdef NEWCOMERS
  if
  :: atomic { SAY1("%d: a newcomer\n", _pid); over[_pid] = 0; newcomer = 1; round = ROUNDS - 1; goto born }
  :: true
  fi;
#endif
end_finished:
  false
}

#include "fate.pml"
