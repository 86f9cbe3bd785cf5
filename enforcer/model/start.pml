/* SPDX-License-Identifier: Apache-2.0
 *
 * Domains that start, run and end, while the daemon may die and its ledger may fail at any instant: hook, gate, guard,
 * tickets, committer. docs/model.md says what is left out, and which function each part mirrors.
 *
 * A *body* is one life of a domain, with a domain id of its own: bit b of every set below. The lives of one domain follow
 * each other and share name and uuid. Domains 0 and 2 carry one Chinese Wall type, domain 1 the other of the conflict set.
 *
 * tests/model/verify.py sets how often what is bad may happen, and `broken`: a step that is left out, whereupon a promise
 * must be broken (below 100), or a state that must be reached (100 and above). 0: the model as it is.
 */

#ifndef DOMAINS
#define DOMAINS (2)
#endif
#ifndef LIVES
#define LIVES (2)
#endif
#define BODIES (DOMAINS * LIVES)
#define bit(b) (1 << (b))
#define domain_of(b) ((b) / LIVES)
#define lives_of(d) (((1 << LIVES) - 1) << ((d) * LIVES))
#define type_of(b) (domain_of(b) == 1 -> 1 : 0)
#define TYPE0 (lives_of(0) | (DOMAINS > 2 -> lives_of(2) : 0))
#define TYPE1 lives_of(1)
#define competitors(b) (type_of(b) == 1 -> TYPE0 : TYPE1)
#define other_lives(b) (lives_of(domain_of(b)) & ~bit(b))

/* What may be left out; without "death" that of a ledger shows it. */
#define COMMIT_BEFORE_ANSWER 1
#define JUDGING_AT_START 2
#define TICKET_EXPIRY 3
#define COUNT_AT_RESTART 4 /* death */
#define KEEPER 5
#define END_OF_DOMAINS 6
#define HYPERVISOR_FIRST 7
#define COUNT_OF_TICKETS 8
#define LATE_LAPSE 9
#define ROLLBACK 10
#define REFUSAL_WITHOUT_LEDGER 11
#define COUNT_OF_THE_REFUSED 12 /* death */
#define ADOPTION_AT_START 13
#define ADOPTION_BEFORE_GATE 14
byte broken, deaths, failures, bypasses;
#define has(step) (broken != step)

/* What must happen for this to say anything. */
#define reached(state) assert(broken != state)
#define A_TICKET_LAPSES 101
#define A_START_IS_REFUSED 102
#define A_WRITE_FAILS 103
#define A_TICKET_LAPSES_LATE 104
#define A_START_IS_WITHDRAWN 105
#define A_STRANGER_IS_DESTROYED 106
#define WHAT_RAN_BEFORE_IS_IN_CONFLICT 107 /* death */
#define AN_END_IS_COUNTED 108
#define A_START_IS_ASKED_AGAIN 109
#define A_STRANGER_MAY_RUN 110
#define THE_KEEPER_REFUSES 111
#define TWO_ARE_COMMITTED_TOGETHER 112
#define A_RECORD_OUTLIVES_THE_DAEMON 113 /* death */
#define ALL_COMES_TO_REST 114
#define THE_END_FINDS_ONE_RUNNING 115

mtype = { RESERVE, LAPSE, START, STOP, ADOPT, ADOPT_AS_IT_IS };

/* ---- the world ---------------------------------------------------------------------------------- */

byte built;        /* the hypervisor has it */
byte live;         /* introduced to xenstore, and unpaused by its toolstack */
byte held;         /* paused by the guard; pauses are counted, so this one stays whatever a toolstack does */
byte ran_before;    /* ghost: ran before the daemon did */
byte round_gate;   /* ghost: brought into being past the gate */
byte ended;        /* ghost: domains whose toolstacks will do no more */
#define runs (live & ~held)
#define settled (ended == DOMAINS)
#define quiet (empty(queue) && empty(waiting) && !in_batch && deferred == 0 && watched == 0 && asked == 0 && condemned == 0)

/* ---- what outlives the daemon: the ledger ------------------------------------------------------- */

byte recorded;     /* table running */
byte admitted;     /* audit log: a start that was allowed */
byte adopted;      /* audit log: a verdict, whatever it is, on one that was there */

/* ---- the daemon's memory ------------------------------------------------------------------------- */

bool up;
bool ready;        /* the gate's loop runs */
bool committing, guarding; /* the two threads have not died with their daemon yet */
bool in_batch;     /* between a batch's first decision and its answers */
byte running;      /* State::running() */
byte tickets;      /* State::tickets() */
byte kept_tickets; /* Committer::tickets_: those of the last commit */
byte count[2];     /* ChineseWall::running_ */
byte deferred;     /* Committer::deferred_: tickets that are to lapse once the ledger can be written */
byte watched;      /* TicketWatch::watched_ */
byte asked;        /* the guard's strangers whose verdict is awaited */
byte predates;     /* Stranger::predates */
byte condemned;    /* Stage::condemned */
byte connected;    /* whose toolstack waits for an answer of this daemon */
byte decided_allow, decided_deny, decided_reserve, log_admit, log_adopt; /* of the batch */
byte allow, deny;  /* answers that have left the committer */
chan queue = [3] of { mtype, byte };   /* Committer::queue_ */
chan waiting = [2] of { byte };        /* Guard::waiting_: starts that are decided after a look */

/* ChineseWall::add of all that runs or is about to: the counts of both types. */
inline recount(of_type0, of_type1) {
  of_type0 = 0; of_type1 = 0; b = 0;
  do
  :: b < BODIES ->
     if
     :: (running & bit(b)) && type_of(b) == 0 -> of_type0++
     :: (running & bit(b)) && type_of(b) == 1 -> of_type1++
     :: else
     fi;
     if
     :: (tickets & bit(b)) && type_of(b) == 0 && has(COUNT_OF_TICKETS) -> of_type0++
     :: (tickets & bit(b)) && type_of(b) == 1 && has(COUNT_OF_TICKETS) -> of_type1++
     :: else
     fi;
     b++
  :: else -> break
  od;
  b = 0
}

/* ChineseWall: what the counts say, and what a recount of the sets would. */
#define conflict(b) (count[1 - type_of(b)] > 0)

inline add_running(b) { running = running | bit(b); count[type_of(b)]++ }
inline drop_running(b) { running = running & ~bit(b); count[type_of(b)]-- }
inline drop_ticket(b) {
  if
  :: (tickets & bit(b)) ->
     tickets = tickets & ~bit(b);
     if
     :: has(COUNT_OF_TICKETS) -> count[type_of(b)]--
     :: else 
     fi
  :: else
  fi
}

/* A later question for the same domain takes the ticket of an earlier one; so does its start. drop_tickets_of */
inline drop_tickets_of(b) {
  other = domain_of(b) * LIVES;
  do
  :: other < (domain_of(b) + 1) * LIVES -> drop_ticket(other); other++
  :: else -> break
  od;
  other = 0
}

/* Committer::decide_one; monitor decide(). `body` and `kind` are what was taken from the queue. */
inline decide_one() {
  if
  :: kind == RESERVE ->
     if
     :: conflict(body) || (running & lives_of(domain_of(body))) -> decided_deny = decided_deny | bit(body)
     :: else ->
        drop_tickets_of(body);
        tickets = tickets | bit(body);
        if
        :: has(COUNT_OF_TICKETS) -> count[type_of(body)]++
        :: else 
        fi;
        decided_allow = decided_allow | bit(body);
        decided_reserve = decided_reserve | bit(body)
     fi
  :: kind == LAPSE ->
     if
     :: (tickets & bit(body)) -> reached(A_TICKET_LAPSES)
     :: else
     fi;
     drop_ticket(body)
  :: kind == START ->
     if
     :: (running & bit(body)) -> reached(A_START_IS_ASKED_AGAIN); decided_allow = decided_allow | bit(body); log_admit = log_admit | bit(body)
     :: !(running & bit(body)) &&
        (((running & other_lives(body)) && has(JUDGING_AT_START)) || (conflict(body) && has(JUDGING_AT_START))) ->
        reached(A_START_IS_REFUSED);
        decided_deny = decided_deny | bit(body)
     :: else ->
        drop_tickets_of(body);
        add_running(body);
        decided_allow = decided_allow | bit(body);
        log_admit = log_admit | bit(body)
     fi
  :: kind == STOP ->
     if
     :: (running & bit(body)) -> reached(AN_END_IS_COUNTED); drop_running(body)
     :: else
     fi
  :: kind == ADOPT || kind == ADOPT_AS_IT_IS ->
     if
     :: (running & bit(body)) -> decided_allow = decided_allow | bit(body)
     :: else ->
        drop_tickets_of(body);
        if
        :: kind == ADOPT && (conflict(body) || (running & other_lives(body))) ->
           decided_deny = decided_deny | bit(body)
        :: else -> decided_allow = decided_allow | bit(body)
        fi;
        if
        :: kind == ADOPT_AS_IT_IS && conflict(body) -> reached(WHAT_RAN_BEFORE_IS_IN_CONFLICT)
        :: else
        fi;
        if
        :: has(COUNT_OF_THE_REFUSED) || !(conflict(body)) -> add_running(body)
        :: else 
        fi;
        log_adopt = log_adopt | bit(body)
     fi
  fi
}

inline answer() {
  allow = allow | decided_allow;
  deny = deny | decided_deny;
  watched = watched | decided_reserve
}

inline end_batch() {
  in_batch = false;
  decided_allow = 0; decided_deny = 0; decided_reserve = 0; log_admit = 0; log_adopt = 0; lapsing = 0;
  kind = 0; body = 0
}

/* Ledger::commit: state and records in one transaction. */
inline commit() {
  recorded = running;
  admitted = admitted | log_admit;
  adopted = adopted | log_adopt;
  kept_tickets = tickets;
  watched = watched & tickets; /* to give back once more what was used would change nothing */
  deferred = 0
}

/* Committer::reload, refuse: nobody hears what was decided; what was to lapse lapses later. */
inline roll_back() {
  decided_deny = decided_deny | decided_allow;
  decided_allow = 0; decided_reserve = 0;
  if
  :: has(REFUSAL_WITHOUT_LEDGER)
  :: else -> decided_allow = decided_deny; decided_deny = 0 
  fi;
  if
  :: has(ROLLBACK) -> running = recorded; tickets = kept_tickets; recount(count[0], count[1])
  :: else 
  fi;
  if
  :: has(LATE_LAPSE) -> deferred = deferred | (lapsing & tickets)
  :: else -> deferred = 0 
  fi
}

/* Committer::run. What is decided and not yet committed nobody can see, and a death takes it away: so a batch is one
 * step up to its commit. */
active proctype committer() {
  mtype kind; byte body, size, b, other, lapsing;
idle:
  atomic { up -> committing = true };
  {
end:
    do
    :: atomic { nempty(queue) || deferred != 0 ->
         in_batch = true;
         do
         :: b < BODIES && (deferred & bit(b)) -> reached(A_TICKET_LAPSES_LATE); lapsing = lapsing | bit(b); drop_ticket(b); b++
         :: b < BODIES && !(deferred & bit(b)) -> b++
         :: b == BODIES -> break
         od;
         b = 0;
         do
         :: size < 2 && nempty(queue) ->
            queue?kind, body;
            if
            :: kind == LAPSE -> lapsing = lapsing | bit(body)
            :: else
            fi;
            decide_one(); size++
         :: size > 0 || empty(queue) -> break
         od;
         if
         :: has(COMMIT_BEFORE_ANSWER)
         :: else -> answer(); goto answered   
         fi;
         if
         :: size < 2
         :: else -> reached(TWO_ARE_COMMITTED_TOGETHER)
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
         assert(running == recorded); /* memory and ledger say the same */
         other = tickets | (running & admitted & ~round_gate);
         assert(!(other & TYPE0) || !(other & TYPE1)); /* nobody was promised what another one was */
         recount(size, other); assert(count[0] == size && count[1] == other);
         size = 0; other = 0
       }
    od
  } unless {
    atomic { !up -> kind = 0; body = 0; size = 0; b = 0; other = 0; lapsing = 0; committing = false; goto idle }
  }
}

/* TicketWatch::lapse: the ticket's time is over, or the process that it is held for has ended. */
proctype ticket_watch(byte b) {
end:
  do
  :: atomic { up && (watched & bit(b)) && nfull(queue) ->
       watched = watched & ~bit(b);
       if
       :: has(TICKET_EXPIRY) -> queue!LAPSE, b
       :: else
       fi
     }
  od
}

/* Domains::look, adopt, reconcile: the hypervisor is asked before the ledger, and again before anybody is counted out. */
inline look() {
  atomic {
    if
    :: has(HYPERVISOR_FIRST) -> present = built; alive = live
    :: else -> known = running
    fi
  };
  atomic { !in_batch ->
    if
    :: has(HYPERVISOR_FIRST) -> known = running
    :: else -> present = built; alive = live
    fi;
    asked = asked & built; condemned = condemned & built; predates = predates & built; /* forget_the_gone */
    strangers = alive & ~known & ~asked & ~condemned;
    if
    :: !ready -> predates = strangers
    :: else
    fi;
    gone = known & ~present;
    if
    :: has(END_OF_DOMAINS) -> gone = gone & ~built   /* the second look */
    :: else -> gone = 0
    fi;
    present = 0; alive = 0; known = 0;
    do
    :: b < BODIES && !((gone | strangers) & bit(b)) -> b++
    :: b < BODIES && (gone & bit(b)) -> queue!STOP, b; b++
    :: b < BODIES && (strangers & bit(b)) ->          /* hold, ask */
       if
       :: !(built & bit(b))
       :: (built & bit(b)) && (predates & bit(b)) -> asked = asked | bit(b); queue!ADOPT_AS_IT_IS, b
       :: (built & bit(b)) && !(predates & bit(b)) ->
          assert(!(recorded & admitted & bit(b)));    /* whom the gate admitted is not paused */
          assert(!(ran_before & bit(b)));             /* nor who ran before the daemon did */
          held = held | bit(b); asked = asked | bit(b); queue!ADOPT, b
       fi;
       b++
    :: b == BODIES -> break
    od;
    b = 0; gone = 0; strangers = 0
  }
}

/* Guard::work, round; Domains::answered, step. Its start: Enforcer::start, which lets the gate begin behind it. */
active proctype guard() {
  byte present, alive, known, strangers, gone, start, b, looks;
idle:
  atomic { up -> guarding = true };
  {
    skip; /* What runs already is recorded before the gate lets anybody in: Domains::adopt, Guard::start. Where it cannot be
           * recorded, the start fails; here it is tried again (docs/model.md, what is left out). */
adoption:
    if
    :: has(ADOPTION_AT_START) -> look()
    :: else
    fi;
    if
    :: has(ADOPTION_BEFORE_GATE) ->
       atomic { (asked & ~(allow | deny)) == 0 ->
         if
         :: (asked & deny) -> deny = deny & ~asked; allow = allow & ~asked; asked = 0; goto adoption
         :: else -> allow = allow & ~asked; asked = 0
         fi
       }
    :: else
    fi;
    ready = true;
    do
    :: nempty(waiting) ->
       waiting?start;
       look();
       atomic { nfull(queue) -> queue!START, start; start = 0 }
    :: !settled && ((live & ~running & ~asked & ~condemned) != 0 || (running & ~built) != 0) -> look()   /* the clock, or an event */
    :: d_step { (asked & (allow | deny)) != 0 ->
         gone = asked & allow;
         if
         :: gone != 0 -> reached(A_STRANGER_MAY_RUN)
         :: else
         fi;
         held = held & ~gone;
         do
         :: b < BODIES ->
            assert(!(gone & ~predates & bit(b)) || (competitors(b) & runs & recorded) == 0);  /* G3 */
            assert(!(gone & bit(b)) || (adopted & bit(b)));                       /* G4 */
            b++
         :: else -> break
         od;
         /* Without a record it was no verdict: it stays paused and is asked about again. */
         condemned = condemned | (asked & deny & adopted);
         strangers = asked & (allow | deny);
         asked = asked & ~strangers; allow = allow & ~strangers; deny = deny & ~strangers;
         b = 0; gone = 0; strangers = 0
       }
    :: d_step { condemned != 0 -> reached(A_STRANGER_IS_DESTROYED);   /* Hypervisor::destroy */
         built = built & ~condemned; live = live & ~condemned; held = held & ~condemned; condemned = 0
       }
    :: settled && quiet && looks < 2 -> look(); looks++
    :: settled && quiet && looks == 2 -> break
    od
  } unless {
    atomic { !up -> present = 0; alive = 0; known = 0; strangers = 0; gone = 0; start = 0; b = 0; guarding = false; goto idle }
  };
  /* Nothing more happens: what is counted is what is there, and no ticket is left over. */
  assert((live & ~running) == 0 && (running & ~built) == 0 && tickets == 0);
  reached(ALL_COMES_TO_REST);
  if
  :: live != 0 -> reached(THE_END_FINDS_ONE_RUNNING)
  :: else
  fi
}

/* Waits for the answer to what was asked for `body`; a daemon that died has disconnected whom it served. */
inline hear(answer_is) {
  if
  :: atomic { (allow & bit(body)) -> answer_is = true; allow = allow & ~bit(body); connected = connected & ~bit(body) }
  :: atomic { (deny & bit(body)) -> answer_is = false; deny = deny & ~bit(body); connected = connected & ~bit(body) }
  :: !(connected & bit(body)) -> answer_is = false
  fi
}

/* A toolstack with one domain, and xenstored. It is honest, not careful: it may ask or not, go round the gate, give up or
 * die at any point. */
proctype toolstack(byte domain) {
  byte body;
  bool yes;
  bool again = true;
  body = domain * LIVES;
  do
  :: body == (domain + 1) * LIVES -> break
  :: else ->
     if
     :: atomic { ready && nfull(queue) -> connected = connected | bit(body); queue!RESERVE, body };  /* acm-hook */
        hear(yes)
     :: yes = true
     fi;
     if
     :: yes -> built = built | bit(body)   /* xc_domain_create: paused, and not introduced */
     :: atomic { bypasses > 0 -> bypasses--; built = built | bit(body); live = live | bit(body);
                 round_gate = round_gate | bit(body) }
        goto lives
     :: goto over
     fi;
ask:
     if
     :: atomic { ready && nfull(waiting) -> connected = connected | bit(body); waiting!body }  /* Connection::attend */
     :: atomic { !up -> reached(THE_KEEPER_REFUSES); goto refused }
     fi;
heard:
     if
     :: atomic { (deny & bit(body)) -> deny = deny & ~bit(body); connected = connected & ~bit(body); goto refused }
     :: !(connected & bit(body)) -> goto refused
     :: atomic { (allow & bit(body)) ->
          allow = allow & ~bit(body);
          connected = connected & ~bit(body);
          assert(admitted & bit(body));                               /* G4: recorded before its effect */
          assert((competitors(body) & runs & recorded) == 0);         /* G3, with what came round the gate and is known */
          if
          :: skip                            /* xenstored commits */
          :: again && nfull(queue) ->   /* EAGAIN: Connection::withdraw; the toolstack tries again */
             reached(A_START_IS_WITHDRAWN); again = false; queue!STOP, body; connected = connected | bit(body); goto tries
          fi
        }
     fi;
     goto begin;
tries:
     if
     :: atomic { (connected & bit(body)) && nfull(waiting) -> waiting!body; goto heard }
     :: !(connected & bit(body)) -> goto refused
     fi;
begin:
     if
     :: atomic { live = live | bit(body);
          assert(admitted & bit(body));                                             /* G1 */
          assert((competitors(body) & runs & admitted & ~round_gate) == 0) }        /* G3 */
     :: goto over                           /* it dies, and leaves the domain as it is: paused */
     fi;
lives:
     if
     :: atomic { built = built & ~bit(body); live = live & ~bit(body); held = held & ~bit(body) }
     :: skip                                /* it runs on */
     fi;
     goto over;
refused:
     if
     :: !up && !has(KEEPER) -> atomic { live = live | bit(body); assert(admitted & bit(body)) }
     :: built = built & ~bit(body)
     :: skip
     fi;
over:
     yes = false;
     body++
  od;
  ended++
}

/* Enforcer::make, and SIGKILL. */
active proctype death() {
  byte b;
end:
  do
  :: d_step { !up && !committing && !guarding ->
       if
       :: recorded != 0 -> reached(A_RECORD_OUTLIVES_THE_DAEMON)
       :: else
       fi;
       running = recorded; ran_before = live;
       if
       :: has(COUNT_AT_RESTART) -> recount(count[0], count[1])
       :: else
       fi;
       up = true
     }
  :: d_step { up && deaths > 0 && !settled ->
       deaths--;
       do
       :: nempty(queue) -> queue?_, _
       :: nempty(waiting) -> waiting?_
       :: empty(queue) && empty(waiting) -> break
       od;
       up = false; ready = false; in_batch = false;
       running = 0; tickets = 0; kept_tickets = 0; count[0] = 0; count[1] = 0;
       deferred = 0; watched = 0; asked = 0; predates = 0; condemned = 0; connected = 0; allow = 0; deny = 0;
       decided_allow = 0; decided_deny = 0; decided_reserve = 0; log_admit = 0; log_adopt = 0;
     }
  od
}

init {
  byte b;
  atomic {
    c_code {
      now.broken = (uchar)atoi(getenv("BROKEN"));
      now.deaths = (uchar)atoi(getenv("DEATHS"));
      now.failures = (uchar)atoi(getenv("FAILURES"));
      now.bypasses = (uchar)atoi(getenv("BYPASSES"));
    };
    do
    :: b < BODIES -> run ticket_watch(b); b++
    :: else -> break
    od;
    b = 0;
    do
    :: b < DOMAINS -> run toolstack(b); b++
    :: else -> break
    od;
    b = 0
  }
}
