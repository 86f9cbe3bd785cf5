/* SPDX-License-Identifier: Apache-2.0
 *
 * Links of one front end: gate, guard, a guest that writes its own nodes, ends, while the daemon may die and its ledger may
 * fail at any instant. docs/model.md says what is left out, and which function each part mirrors.
 *
 * There are two back ends, which always run; sets of them are bits. The front end shares an STE type with back end 0, and
 * none with back end 1.
 *
 * tests/model/verify.py sets `broken` and how often what is bad may happen; see start.pml.
 */

#define bit(x) (1 << (x))
#define SHARING bit(0)

#define COMMIT_BEFORE_ANSWER 1
#define KEEPER 2
#define WITHDRAWAL 3
#define CUT 4
#define LINKS_END_WITH_THEIR_DOMAIN 5
#define REFUSAL_WITHOUT_LEDGER 6
#define ROLLBACK 7
#define STE_RULE 8
#define LATE_DETACH 9
byte broken, deaths, failures, bypasses;
#define has(step) (broken != step)

/* What must happen for this to say anything. */
#define reached(state) assert(broken != state)
#define A_LINK_IS_REFUSED 101
#define A_WRITE_FAILS 102
#define A_LINK_IS_WITHDRAWN 103
#define A_LINK_IS_CUT 104
#define A_LINK_THAT_APPEARED_MAY_STAY 105
#define WHAT_WAS_THERE_IS_RECORDED_AS_IT_IS 106
#define AN_END_ENDS_LINKS 107
#define THE_KEEPER_REFUSES 108
#define A_RECORD_OUTLIVES_THE_DAEMON 109 /* death */
#define ALL_COMES_TO_REST 110
#define A_REMOVED_LINK_IS_OFF_THE_RECORD 111
#define A_LINK_ENDS_LATE 112

mtype = { ATTACH, DETACH, ADOPT, ADOPT_AS_IT_IS, STOP };

/* ---- the world ---------------------------------------------------------------------------------- */

bool alive = true; /* the front end's domain */
byte pointed;      /* device/CLASS/I/backend of the front end: one back end at most */
byte backs;        /* backend/CLASS/F/I that there are */
byte left;         /* watch events: of what has left the store since the guard looked */
byte was_there;    /* ghost: links that a daemon found in the store when it started, and whose end was not noticed since */
byte ended;        /* ghost: toolstack and guest, once they will do no more */
#define joined (pointed | backs)
#define settled (ended == 2)

/* ---- what outlives the daemon: the ledger ------------------------------------------------------- */

bool recorded_running = true; /* table running: the front end */
byte recorded;                /* table link */
byte admitted;                /* audit log: an attachment that was allowed */

/* ---- the daemon's memory ------------------------------------------------------------------------- */

bool up, ready, in_batch, committing, guarding;
bool running;       /* State::running() */
byte links;         /* State::links() */
byte asked, cutting, as_they_are;
byte on_the_way;    /* asked for by the gate, and not in the store yet */
bool connected;     /* the toolstack waits for an answer of this daemon */
byte log_admit;     /* of the batch */
bool changed;       /* Verdict::changed of the last allowed attachment */
bool heard_allow, heard_deny, decided_allow, decided_deny; /* for the toolstack */
byte allow, deny, said_allow, said_deny;                    /* for the guard, of which link */
byte detached;      /* of the batch */
byte deferred;      /* Committer::deferred_: links that are to end once the ledger can be written */
bool without_record;                                        /* the last batch could not be written */
chan queue = [3] of { mtype, byte };

/* Committer::decide_one; monitor/links.cpp, release.cpp */
inline decide_one() {
  if
  :: kind == ATTACH && running && ((bit(x) & SHARING) || !has(STE_RULE)) ->
     changed = !(links & bit(x));
     log_admit = bit(x);
     links = links | bit(x);
     decided_allow = true
  :: kind == ATTACH && !(running && ((bit(x) & SHARING) || !has(STE_RULE))) ->
     reached(A_LINK_IS_REFUSED);
     decided_deny = true
  :: kind == ADOPT && (!running || !(bit(x) & SHARING)) -> said_deny = said_deny | bit(x)
  :: kind == ADOPT && running && (bit(x) & SHARING) ->
     reached(A_LINK_THAT_APPEARED_MAY_STAY);
     links = links | bit(x); said_allow = said_allow | bit(x)
  :: kind == ADOPT_AS_IT_IS ->
     reached(WHAT_WAS_THERE_IS_RECORDED_AS_IT_IS);
     if
     :: running -> links = links | bit(x)
     :: else
     fi;
     said_allow = said_allow | bit(x)
  :: kind == DETACH -> detached = detached | bit(x); links = links & ~bit(x)
  :: kind == STOP ->
     if
     :: links != 0 -> reached(AN_END_ENDS_LINKS)
     :: else
     fi;
     running = false;
     if
     :: has(LINKS_END_WITH_THEIR_DOMAIN) -> links = 0
     :: else
     fi
  fi
}

inline answer() {
  if
  :: decided_allow -> heard_allow = true
  :: else
  fi;
  if
  :: decided_deny -> heard_deny = true
  :: else
  fi;
  allow = allow | said_allow; deny = deny | said_deny
}

inline end_batch() {
  in_batch = false; decided_allow = false; decided_deny = false; said_allow = 0; said_deny = 0; log_admit = 0; detached = 0; kind = 0; x = 0; size = 0
}

/* Ledger::commit */
inline commit() {
  was_there = was_there & ~(recorded & ~links);
  recorded = links; recorded_running = running; admitted = admitted | log_admit; without_record = false; deferred = 0
}

/* Committer::reload, refuse */
inline roll_back() {
  decided_deny = decided_deny || decided_allow;
  decided_allow = false;
  if
  :: has(REFUSAL_WITHOUT_LEDGER)
  :: else -> decided_allow = decided_deny; decided_deny = false
  fi;
  said_deny = said_deny | said_allow; said_allow = 0;
  without_record = true;
  if
  :: has(LATE_DETACH) -> deferred = deferred | detached
  :: else -> deferred = 0
  fi;
  if
  :: has(ROLLBACK) -> links = recorded; running = recorded_running
  :: else
  fi
}

/* Committer::run, as in start.pml */
active proctype committer() {
  mtype kind; byte x, size;
idle:
  atomic { up -> committing = true };
  {
end:
    do
    :: atomic { nempty(queue) || deferred != 0 ->
         in_batch = true;
         if
         :: deferred != 0 -> reached(A_LINK_ENDS_LATE); detached = deferred; links = links & ~deferred
         :: else
         fi;
         do
         :: size < 2 && nempty(queue) -> queue?kind, x; decide_one(); size++
         :: size > 0 || empty(queue) -> break
         od;
         if
         :: has(COMMIT_BEFORE_ANSWER)
         :: else -> answer(); goto answered
         fi;
         if
         :: commit()
         :: failures > 0 && !settled -> reached(A_WRITE_FAILS); failures--; roll_back()
         fi
       };
answered:
       atomic {
         if
         :: has(COMMIT_BEFORE_ANSWER)
         :: else -> commit()
         fi;
         answer(); end_batch();
         assert(links == recorded && running == recorded_running); /* memory and ledger say the same */
         assert(links == 0 || running)                             /* no link of a domain that has ended */
       }
    od
  } unless {
    atomic { !up -> kind = 0; x = 0; size = 0; committing = false; goto idle }
  }
}

/* Links::work, adopt; Domains::look. The store is read before the ledger: what the gate admits is on record before it is
 * in the store. */
inline look() {
  atomic { seen = joined; present = alive };
  atomic { !in_batch ->
    gone = running && !present;
    if
    :: !ready -> as_they_are = seen; was_there = was_there | seen
    :: else
    fi;
    as_they_are = as_they_are & joined;
    fresh = (gone || !running -> 0 : seen & ~links & ~asked & ~cutting);
    /* What is recorded and has left the store is over, by an event alone: a verdict comes a moment before what it allows. */
    over = links & ~seen & ~joined & ~on_the_way & (ready -> left : 3);
    left = left & ~over & ~joined;
    x = 0;
    do
    :: gone -> gone = false; queue!STOP, 0
    :: !gone && (fresh & bit(x) & as_they_are) -> fresh = fresh & ~bit(x); asked = asked | bit(x); queue!ADOPT_AS_IT_IS, x
    :: !gone && (fresh & bit(x) & ~as_they_are) -> fresh = fresh & ~bit(x); asked = asked | bit(x); queue!ADOPT, x
    :: !gone && (over & bit(x)) -> over = over & ~bit(x); reached(A_REMOVED_LINK_IS_OFF_THE_RECORD); queue!DETACH, x
    :: !gone && x < 2 && !((fresh | over) & bit(x)) -> x++
    :: x == 2 -> break
    od;
    x = 0; seen = 0; present = false
  }
}

#define something_to_see ((running && !alive) || (running && alive && (joined & ~links & ~asked & ~cutting) != 0) || (links & ~joined & left) != 0)
#define quiet (empty(queue) && deferred == 0 && !in_batch && asked == 0 && cutting == 0)

active proctype guard() {
  byte seen, x, looks, fresh, over;
  bool present, gone;
idle:
  atomic { up -> guarding = true };
  {
    look();
    ready = true;
    do
    :: !settled && something_to_see -> look()
    :: atomic { (asked & (allow | deny)) != 0 ->
         /* Without a record it was no verdict: it is asked about again. */
         if
         :: without_record
         :: else -> cutting = cutting | (asked & deny)
         fi;
         if
         :: without_record
         :: else -> as_they_are = as_they_are & ~(allow | deny)
         fi;
         asked = asked & ~(allow | deny); allow = 0; deny = 0
       }
    :: atomic { cutting != 0 -> reached(A_LINK_IS_CUT);   /* guard/cut.cpp: both ends */
         if
         :: has(CUT) -> left = left | cutting; pointed = pointed & ~cutting; backs = backs & ~cutting
         :: else
         fi;
         cutting = 0
       }
    :: settled && quiet && looks < 3 -> look(); looks++
    :: settled && quiet && looks == 3 -> break
    od
  } unless {
    atomic { !up -> seen = 0; x = 0; fresh = 0; over = 0; present = false; gone = false; guarding = false; goto idle }
  };
  /* Nothing more happens: what is linked is on record, and shares a type, but for what was there before a daemon. */
  assert(!alive || joined == links);
  assert(alive || (links == 0 && !running));
  assert((joined & ~SHARING & ~was_there) == 0);  /* G2 */
  reached(ALL_COMES_TO_REST)
}

/* xl network-attach and network-detach by way of the gate; the end of the domain. */
active proctype toolstack() {
  byte x, turns;
  bool again = true;
  do
  :: turns < 2 && alive ->
     turns++;
     if
     :: x = 0
     :: x = 1
     fi;
tries:
     if
     :: atomic { ready && nfull(queue) -> connected = true; on_the_way = on_the_way | bit(x); queue!ATTACH, x }
     :: atomic { !up && has(KEEPER) -> reached(THE_KEEPER_REFUSES); x = 0; goto next }
     :: atomic { !up && !has(KEEPER) -> pointed = bit(x); backs = backs | bit(x); assert(admitted & bit(x)) }
     fi;
     if
     :: atomic { heard_deny -> heard_deny = false; connected = false; on_the_way = 0 }
     :: atomic { !connected -> on_the_way = 0 }
     :: atomic { heard_allow ->
          heard_allow = false; connected = false; on_the_way = 0;
          if
          :: alive ->                                             /* xenstored commits */
             assert(admitted & bit(x));                            /* G4: recorded before its effect */
             assert(bit(x) & SHARING);                             /* G2 */
             left = left | (pointed & ~bit(x)); pointed = bit(x); backs = backs | bit(x)
          :: again && nfull(queue) ->                              /* EAGAIN: Connection::withdraw */
             again = false;
             if
             :: changed && has(WITHDRAWAL) -> reached(A_LINK_IS_WITHDRAWN); queue!DETACH, x
             :: else
             fi;
             changed = false
          :: !alive
          fi
        }
     fi;
next:
     x = 0
  :: atomic { ready && nfull(queue) && backs != 0 && turns < 2 -> /* a removal is told once it has happened */
       turns++;
       if
       :: (backs & 1) -> left = left | 1; queue!DETACH, 0; backs = backs & ~1; pointed = pointed & ~1
       :: (backs & 2) -> left = left | 2; queue!DETACH, 1; backs = backs & ~2; pointed = pointed & ~2
       fi
     }
  :: atomic { alive -> alive = false; left = left | joined; pointed = 0; backs = 0; was_there = 0 }
  :: true -> break
  od;
  ended++
}

/* Writes its front end's nodes by its ring to xenstored, which no gate sees. */
active proctype guest() {
  do
  :: atomic { bypasses > 0 && alive -> bypasses--; left = left | pointed;
       if
       :: pointed = 1
       :: pointed = 2
       :: pointed = 0
       fi
     }
  :: true -> break
  od;
  ended++
}

/* Enforcer::make, and SIGKILL. */
active proctype death() {
end:
  do
  :: d_step { !up && !committing && !guarding ->
       if
       :: recorded != 0 -> reached(A_RECORD_OUTLIVES_THE_DAEMON)
       :: else
       fi;
       links = recorded; running = recorded_running; up = true
     }
  :: d_step { up && deaths > 0 && !settled ->
       do
       :: nempty(queue) -> queue?_, _
       :: empty(queue) -> break
       od;
       deaths--;
       up = false; ready = false; in_batch = false; running = false; links = 0;
       asked = 0; cutting = 0; as_they_are = 0; on_the_way = 0; connected = false; changed = false;
       heard_allow = false; heard_deny = false; decided_allow = false; decided_deny = false;
       allow = 0; deny = 0; said_allow = 0; said_deny = 0; log_admit = 0; detached = 0; deferred = 0; without_record = false
     }
  od
}

init {
  atomic {
    c_code {
      now.broken = (uchar)atoi(getenv("BROKEN"));
      now.deaths = (uchar)atoi(getenv("DEATHS"));
      now.failures = (uchar)atoi(getenv("FAILURES"));
      now.bypasses = (uchar)atoi(getenv("BYPASSES"));
    };
    skip
  }
}
