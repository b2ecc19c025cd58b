/* How pawl moves traffic, for a machine that tries every order of events. README.md beside it explains it in words.
 *
 * No counters: a process knows by a bit that somebody wrote the item, moved the epoch or changed the rules since it
 * last looked, so that every process runs for ever and the number of states stays finite. No clock either: a wait is
 * a condition on what can still happen ("no run can still send, nothing is under way, every read shows the present").
 */

/* ---- the world */
#ifndef PIN
#define PIN 1            /* 0: plain mode, the weighted rule is all there is */
#endif
#ifndef BOUND
#define BOUND 1          /* 1: a request lands within D or never. 0: whenever it likes */
#endif
#ifndef LAG
#define LAG 0            /* 1: a Describe may show what was before the last change, for at most S. 2: for ever */
#endif
#ifndef BLIND
#define BLIND 0          /* 1: DynamoDB may leave a rollback without an answer */
#endif
#ifndef PROMOTES
#define PROMOTES 1       /* runs of promote at once */
#endif
#ifndef ROLLBACKS
#define ROLLBACKS 1      /* runs of rollback at once */
#endif
#ifndef REARM
#define REARM 1
#endif
#ifndef DECOMMISSION
#define DECOMMISSION 0
#endif
#ifndef LIVE
#define LIVE 0           /* 1: rollbacks start only where somebody asks; faults end one day; for the liveness formulas */
#endif
#ifndef TOP
#define TOP 2            /* the last listed step stands for 100 % */
#endif

/* ---- fences: each macro NO_... takes one away */

#define NONE 0           /* kinds of an intent */
#define SET 1
#define LOWER 2
#define PARKED 0         /* positions of the pin */
#define RAISED 1
#define GONE 2
#define ZERO 0           /* requests: weights 0, 1, 2 stand for themselves */
#define UP 3
#define DOWN 4
#define DELETE 5         /* of the pin; where there is none, blue is left out of the rule */
#define APPLIED 1        /* how a request ends for the one who sent it */
#define UNKNOWN 2
#define REFUSED 3
#define NOTFOUND 4

/* who */
#define P0 0
#define P1 1
#define R0 2
#define R1 3
#define A 4
#define L 5
#define D 6
#define BIT(p) (1 << (p))
#define ALL 127

/* ---- the item in the table (src/decision/state.ts) */
bool latch, verified, passed;      /* passed: the way back is no longer open */
byte weight, intent, target;
byte owner = 7;                    /* who announced the open intent: its intentAt */
byte changed, movedOn;             /* by process: version, epoch is no longer what it read */

/* ---- the load balancer */
byte rule, pin;
bool fly[6];                       /* sent, not answered: may land, may be lost */
byte oldRule, oldPin; bool fresh = 1;
byte marked;                       /* by process: nothing changed since its last look */
bool fenced;

/* ---- runs */
byte window;                       /* by process: between the announcement and its request */
byte busy, waitFor;                /* runs of rollback and promote under way; those that decommission outwaits */
bool asked, lower, rang;           /* invocations accepted, not begun; the one alarm of LIVE */
bool calm;                         /* no more faults */
bool landed;                       /* the rule has stood at the announced weight since the announcement */
byte was;

#define EFFECTIVE ((pin == RAISED) -> 0 : rule)
#define ALLOWED ((intent == SET && target > weight) -> target : weight)
#define GREENWARD (fly[1] || fly[2] || fly[DOWN])
#define SHOWN (LAG == 2 || fresh)

#ifdef NO_HARD_TIMEOUT
#define NOT_SENDING true
#else
#define NOT_SENDING (window == 0 && !lower)      /* nor can the lowering still begin: its time is over as well */
#endif
#if BOUND
#define LANDED_OR_LOST (!GREENWARD)
#define WEIGHTS_LANDED (!fly[1] && !fly[2])
#define BLUE_LANDED (!fly[ZERO] && !fly[UP])
#else
#define LANDED_OR_LOST true
#define WEIGHTS_LANDED true
#define BLUE_LANDED true
#endif
/* settlesAt: notAfter + D + S is over */
#ifdef NO_SETTLE_WAIT
#define SETTLED true
#else
#define SETTLED (NOT_SENDING && LANDED_OR_LOST && SHOWN)
#endif
/* latch.at + the life of an intent + D is over */
#ifdef NO_REARM_WAIT
#define QUIET true
#else
#define QUIET (NOT_SENDING && WEIGHTS_LANDED && SHOWN)
#endif
#ifdef NO_REARM_INTENT
#define NOTHING_OPEN true
#else
#define NOTHING_OPEN (intent == NONE)
#endif

inline keep() { oldRule = rule; oldPin = pin; fresh = (LAG == 0); marked = 0 }

inline land(k) { d_step {
  was = EFFECTIVE;
  if
  :: k <= 2 && rule != k -> keep(); rule = k
  :: k == UP && pin == PARKED -> keep(); pin = RAISED
  :: k == DOWN && pin == RAISED -> keep(); pin = PARKED
  :: k == DELETE && pin != GONE -> keep(); pin = GONE
  :: else
  fi;
#if LAG == 0
  oldRule = 0; oldPin = 0;
#endif
  if :: intent == SET && k == target -> landed = 1 :: else fi;
  if
  :: EFFECTIVE > was && !passed ->
     assert(!(latch && verified));      /* nothing raises green after verified, until re-arm */
#ifndef ONLY_VERIFIED
     assert(EFFECTIVE <= ALLOWED)       /* and nothing to more than is recorded or announced */
#endif
  :: else
  fi;
  assert(!(fenced && EFFECTIVE < TOP));  /* nothing flips to a fenced blue */
  was = 0 } }

/* one attempt */
inline send(k) { if
  :: land(k); out = APPLIED
  :: !calm -> fly[k] = 1; out = UNKNOWN
  :: !calm -> out = REFUSED
  fi }
/* with retries: an answered one may leave a copy under way */
inline insist(k) { if
  :: land(k); out = APPLIED
  :: !calm -> land(k); fly[k] = 1; out = APPLIED
  :: !calm -> fly[k] = 1; out = UNKNOWN
  :: !calm -> out = REFUSED
  fi }

/* DescribeRules. A spaced look comes at least S after this process's mark. What was seen is used in the same step and
   forgotten: what changes between a look and the act it leads to is in the bits. */
inline look(spaced) {
  if
  :: a = rule; b = pin
#if LAG
  :: !fresh && !(spaced && LAG != 2 && (marked & BIT(me))) -> a = oldRule; b = oldPin
#endif
  fi;
  mark() }
inline mark() {
#if LAG
  marked = marked | BIT(me)
#else
  skip
#endif
}
inline forget() { a = 0; b = 0; out = 0 }

inline see() { changed = changed & (ALL - BIT(me)); movedOn = movedOn & (ALL - BIT(me)) }
inline wrote() { changed = ALL - BIT(me) }
inline newEpoch() { changed = ALL - BIT(me); movedOn = ALL - BIT(me) }
/* the end of a run, whether it came to it or was killed */
inline rest() {
  forget();
  window = window & (ALL - BIT(me)); marked = marked & (ALL - BIT(me));
  busy = busy & (ALL - BIT(me)); waitFor = waitFor & (ALL - BIT(me));
  changed = changed | BIT(me); movedOn = movedOn | BIT(me) }
inline clearIntent() { intent = NONE; target = 0; owner = 7; landed = 0 }
inline putLatch() { latch = 1; verified = 0; newEpoch() }
#define CHANGED (changed & BIT(me))
#define MOVED (movedOn & BIT(me))
#ifdef ONLY_VERIFIED
#define NEVER_ARRIVED skip
#define HAS_ARRIVED skip
#else
/* a change that is given up has not been made */
#define NEVER_ARRIVED assert(intent != SET || rule <= weight)
/* one that is committed has */
#define HAS_ARRIVED assert(landed)
#endif
#define MAY_CRASH if :: !calm -> goto over :: skip fi

/* runPromote: src/guard/promote.ts, advance.ts, settle-intent.ts, send-back.ts, latched.ts */
proctype Promote(byte me) {
  byte a, b, out, to; bool sawLatch, sawPassed, clears;
  do
  :: atomic {
       see(); sawLatch = latch; sawPassed = passed;
#if DECOMMISSION
       busy = busy | BIT(me);
#endif
#ifdef NO_VERSION
       to = weight + 1
#endif
     };
     /* look, settle, judge and decide; where the item was written since it was read, every commit will be refused */
     atomic {
       look(0);
#ifdef EARLY_SIGHT
     };
     atomic {
#endif
       if
       :: sawLatch -> goto latched
       :: !sawLatch && sawPassed -> goto over
       :: !sawLatch && !sawPassed && CHANGED ->
#ifdef NO_VERSION
          if :: goto announce :: goto back :: goto over fi
#else
          if :: goto back :: goto over fi
#endif
       :: else
       fi;
       if
       :: intent == NONE
       :: intent != NONE && !SETTLED -> goto over                          /* it may still arrive: hold */
       :: intent == LOWER && SETTLED && b == PARKED -> goto clear
       :: intent == LOWER && SETTLED && b != PARKED ->
#ifdef NO_LATCH_AGAIN
          goto clear
#else
          goto back
#endif
       :: intent == SET && SETTLED && b == PARKED && a == target -> goto commit
       :: intent == SET && SETTLED && b == PARKED && a == weight && a != target -> clears = 1
       :: intent == SET && SETTLED && (b != PARKED || (a != target && a != weight)) ->
          if :: b == RAISED || a < weight -> goto back :: else -> goto over fi     /* drift: page */
       fi;
       if
#ifndef NO_OUTSIDER
       :: b == RAISED || a < weight -> goto back                           /* a rollback by an outsider: latch */
#endif
       :: !(LIVE && calm) -> goto back            /* a rollback rule fires, or an alarm */
       :: b == PARKED && a == weight && weight < TOP -> goto announce
#ifdef NO_OUTSIDER
       :: b == RAISED && a == weight && weight < TOP -> goto announce
#endif
       :: clears -> goto clear
       :: else -> goto over
       fi };

clear: /* the announced change never arrived, or the pin was lowered */
     atomic { forget(); clears = 0; MAY_CRASH; if :: !CHANGED -> NEVER_ARRIVED; clearIntent(); wrote() :: else fi; goto over };

commit: /* it did arrive */
     atomic { forget(); MAY_CRASH;
       if :: !CHANGED -> HAS_ARRIVED; weight = target; clearIntent(); wrote() :: else fi;
       goto over };

announce:
     atomic { forget(); clears = 0; MAY_CRASH;
#ifdef NO_VERSION
       /* the item as it was read, and changed here: whatever came between is overwritten */
       assert(!latch); latch = 0; verified = 0; weight = to - 1;
#else
       if :: CHANGED -> goto over :: else fi;
       to = weight + 1; NEVER_ARRIVED;
#endif
       intent = SET; target = to; owner = me; landed = (rule == to); wrote();
       window = window | BIT(me) };
     /* ask once */
     atomic { MAY_CRASH;
       if :: to == 1 -> send(1) :: else -> send(2) fi;
       window = window & (ALL - BIT(me)) };
     /* read back, conclude */
     atomic {
       if :: out == UNKNOWN -> look(0); if :: a == to -> out = APPLIED :: else fi :: else fi;
       a = 0; b = 0;
#ifdef TIMEOUT_ENDS
       if :: out == UNKNOWN -> out = REFUSED :: else fi;
#endif
#ifdef COMMIT_UNREAD
       if :: out == UNKNOWN -> out = APPLIED :: else fi;
#endif
       if :: out == UNKNOWN -> goto over :: else fi };
     atomic { MAY_CRASH;
       if
       :: out == REFUSED ->
          if :: !MOVED && !latch && owner == me -> clearIntent(); wrote() :: else fi; goto over
#ifdef NO_COMMIT_FENCE
       :: out == APPLIED -> assert(!latch); weight = to; clearIntent(); wrote(); goto over
#else
       :: out == APPLIED && !MOVED && !latch && owner == me ->
          HAS_ARRIVED; weight = target; clearIntent(); wrote(); goto over
       :: out == APPLIED && MOVED -> out = 0; to = 0
       :: out == APPLIED && !MOVED && (latch || owner != me) -> goto over
#endif
       fi };
#ifndef NO_PUT_BACK
     atomic { MAY_CRASH; insist(ZERO) };
#endif
     goto over;

back: /* latchAndSendBack: latch in the epoch that was read */
     atomic { forget(); clears = 0; MAY_CRASH;
       if
       :: MOVED -> goto over
       :: !MOVED && !latch -> putLatch(); sawLatch = 1
       :: !MOVED && latch -> sawLatch = 1
#if BLIND
       :: !calm -> sawLatch = 0                                  /* no answer: it goes on */
#endif
       fi;
#ifndef OPEN_PROMOTE_PAST
       if :: sawLatch && passed -> goto over :: else fi;
#endif
       assert(!(sawLatch && passed)) };                          /* who knows of no way back writes nothing */
     atomic { MAY_CRASH; insist(ZERO); asked = LIVE };
     goto over;

latched: /* repairLatched */
     atomic {
       if :: sawPassed -> goto over :: else fi;
#ifndef NO_REPAIR
       if :: !verified || (PIN && b != RAISED) || (!PIN && a != 0) :: else -> goto quiet fi
#else
       goto quiet
#endif
     };
     atomic { forget(); MAY_CRASH; insist(ZERO); asked = LIVE };
quiet:
     atomic { forget(); MAY_CRASH;
       if :: intent != NONE && SETTLED && !CHANGED -> clearIntent(); wrote() :: else fi };
over:
     atomic { rest(); to = 0; sawLatch = 0; sawPassed = 0; clears = 0 }
  od
}

/* snapBack: src/guard/latch-first.ts, snap-back.ts, go-on-blind.ts, bring-back.ts, verify-pin.ts */
proctype Rollback(byte me) {
  byte a, b, out; bool blind, answered;
  do
  :: atomic {
#if LIVE
       if
       :: asked -> asked = 0
       :: !calm && !rang -> rang = 1
       fi;
#endif
#if DECOMMISSION
       busy = busy | BIT(me);
#endif
       /* latch first; who finds one joins it */
       if
       :: latch -> see()
       :: !latch -> putLatch()
#if BLIND
       :: !calm -> blind = 1                                     /* no answer, and nothing written */
       :: !calm && !latch -> putLatch(); see(); movedOn = movedOn | BIT(me); blind = 1       /* written, no answer */
#endif
       fi;
       changed = changed | BIT(me);
       if :: !blind && passed -> goto over :: else fi };
#if PIN
     /* raise the pin */
     atomic { MAY_CRASH;
       if
       :: pin == GONE -> out = NOTFOUND
       :: pin == GONE && !calm -> out = UNKNOWN                  /* refused, and the answer was lost */
       :: pin != GONE -> insist(UP)
       fi;
       answered = (out == APPLIED);
#ifdef WRITE_ANYHOW
       if :: out == NOTFOUND -> out = UNKNOWN :: else fi;
#else
       if :: out == NOTFOUND -> goto over :: else fi;
#endif
#ifdef OPEN_PIN_UNSEEN
       out = 0
#endif
     };
     atomic {
       if :: out == UNKNOWN || out == REFUSED -> look(0); if :: b == GONE -> goto over :: else fi :: else fi;
       forget() };
#endif
#if PIN == 0 && DECOMMISSION && !defined(NO_PLAIN_MARK)
     /* without the table a rule is written only where a look shows blue in it: decommission leaves blue out */
     atomic { if :: blind -> look(0); if :: b == GONE -> goto over :: else fi :: else fi; forget() };
#endif
#if !defined(NO_ZERO) || !PIN
     atomic { MAY_CRASH; insist(ZERO); if :: PIN == 0 -> answered = (out == APPLIED) :: else fi; forget() };
#endif
#if PIN == 0 && !defined(NO_PLAIN_WAIT)
     /* plain mode: what was announced has arrived or never will, and blue is asserted after that */
     if :: !(intent == NONE || SETTLED) -> goto over :: else fi;
     atomic { MAY_CRASH; if :: !(QUIET) -> goto over :: else fi; insist(ZERO); answered = (out == APPLIED); forget() };
#endif
again:
     atomic {
#ifdef NO_ANSWER
       answered = 1;
#endif
       if :: !answered -> goto over :: else fi;
       look(0);
       if :: (PIN && b != RAISED) || (!PIN && a != 0) -> goto over :: else fi; forget() };
#ifndef ONE_LOOK
     atomic { look(1); if :: (PIN && b != RAISED) || (!PIN && a != 0) -> goto over :: else fi; forget() };
#endif
     /* record */
#if BLIND
     if
     :: blind ->
        atomic { MAY_CRASH; if :: latch -> see() :: else -> putLatch() fi; changed = changed | BIT(me); blind = 0;
          if :: passed -> goto over :: else fi };
#if PIN == 0
        goto over;                                                /* the run that joins this latch verifies it */
#elif !defined(OPEN_BLIND_RECORD)
        /* only a pin raised under the latch makes that latch verified */
        atomic { MAY_CRASH; answered = 0;
          if :: pin == GONE -> goto over :: pin != GONE -> insist(UP) fi;
          answered = (out == APPLIED); forget(); goto again }
#endif
     :: else
     fi;
#endif
     atomic { MAY_CRASH;
       if
#ifdef NO_RECORD_EPOCH
       :: latch && !passed ->
#else
       :: latch && !MOVED ->
#endif
          if :: verified :: else -> assert(EFFECTIVE == 0); verified = 1; weight = 0; wrote(); changed = changed | BIT(me) fi
       :: else
       fi };
over:
     atomic { rest(); blind = 0; answered = 0 }
  od
}

/* rearm: src/guard/re-arm.ts */
proctype Rearm(byte me) {
  byte a, b, out;
  do
  :: atomic { latch && verified && !passed && NOTHING_OPEN && QUIET -> see(); changed = changed | BIT(me) };
#ifndef NO_REARM_ZERO
     atomic { MAY_CRASH; insist(ZERO); mark(); forget() };
     atomic { look(1); if :: a != 0 || (PIN && b != RAISED) -> goto over :: else fi; forget() };
#ifndef ONE_LOOK
     atomic { look(1); if :: a != 0 || (PIN && b != RAISED) -> goto over :: else fi; forget() };
#endif
#endif
     atomic { MAY_CRASH;
       if
       :: !MOVED && latch && verified && !passed && NOTHING_OPEN && QUIET ->
#ifdef NEW_RULES
          /* every arm makes its own pair of rules, behind the raised pin: what was sent to the old ones changes nothing */
          fly[0] = 0; fly[1] = 0; fly[2] = 0; fly[UP] = 0; fly[DOWN] = 0; rule = 0; pin = RAISED;
#endif
          latch = 0; verified = 0; weight = 0; newEpoch(); clearIntent();
          if :: PIN -> intent = LOWER; lower = 1 :: else fi
       :: else
       fi };
over:
     atomic { rest() }
  od
}

/* lowerPin: src/guard/lower-pin.ts */
proctype LowerPin(byte me) {
  byte a, b, out;
  do
  :: atomic { lower -> lower = 0;
       if :: latch || intent != LOWER -> goto over :: else fi;
       see(); changed = changed | BIT(me); window = window | BIT(me) };
#ifndef NO_LOWER_LOOK
     atomic { look(0); if :: a != 0 -> goto over :: else fi; forget() };
#ifndef ONE_LOOK
     atomic { look(1); if :: a != 0 -> goto over :: else fi; forget() };
#endif
#endif
     atomic { MAY_CRASH; send(DOWN); window = window & (ALL - BIT(me)) };
     atomic { MAY_CRASH;
       if :: out == APPLIED && !MOVED && !latch && intent == LOWER -> clearIntent(); wrote(); changed = changed | BIT(me) :: else fi };
over:
     atomic { rest() }
  od
}

#ifdef NO_OUTWAIT
#define OUTWAITED true
#else
#define OUTWAITED (waitFor == 0 && BLUE_LANDED && SHOWN)
#endif
/* runDecommission: src/decommission/run-decommission.ts, own-acts.ts, load-balancer-acts.ts; a killed run looks again where it was */
proctype Decommission(byte me) {
  byte a, b, out, act;
end:
  do
  :: act == 0 -> atomic { weight == TOP && !latch && intent == NONE && !passed -> see(); act = 1 }
  :: act == 1 -> atomic {                                        /* point of no return, by one conditional write */
#ifdef NO_RETURN_VERSION
       if :: true -> assert(!latch); passed = 1; wrote(); act = 2
#else
       if :: !CHANGED -> assert(!latch); passed = 1; wrote(); act = 2
#endif
          :: else -> act = 0
       fi }
  :: act == 2 -> atomic { !latch -> send(DELETE); if :: out == APPLIED -> act = 3 :: else fi; out = 0 }
  :: act == 3 -> atomic { SHOWN -> waitFor = busy; act = 4 }
  :: act == 4 -> atomic { !latch && OUTWAITED -> act = 5 }
  :: act == 5 ->
     look(0);
     if :: a == TOP && b == GONE -> look(1) :: else fi;
     atomic {
#ifdef NO_CONFIRM
       act = 6;
#else
       if :: a == TOP && b == GONE -> act = 6 :: else fi;    /* else: page, look again */
#endif
       a = 0; b = 0; marked = marked & (ALL - BIT(me)) }
  :: act == 6 -> atomic { !latch -> fenced = 1; assert(EFFECTIVE == TOP); act = 7 }
  :: act == 7 -> false
  od
}

/* the world: requests land or are lost, reads catch up, faults end; the operator resumes past the point of no return */
proctype World() {
end:
  do
  :: atomic { fly[ZERO] -> fly[ZERO] = 0; if :: land(ZERO) :: skip fi }
  :: atomic { fly[1] -> fly[1] = 0; if :: land(1) :: skip fi }
  :: atomic { fly[2] -> fly[2] = 0; if :: land(2) :: skip fi }
#if PIN
  :: atomic { fly[UP] -> fly[UP] = 0; if :: land(UP) :: skip fi }
  :: atomic { fly[DOWN] -> fly[DOWN] = 0; if :: land(DOWN) :: skip fi }
#endif
#if PIN || DECOMMISSION
  :: atomic { fly[DELETE] -> fly[DELETE] = 0; if :: land(DELETE) :: skip fi }
#endif
#if PIN && REARM
  :: lower -> lower = 0                            /* the invocation was lost, or came too late */
#endif
#if LAG
  :: atomic { !fresh -> fresh = 1; oldRule = 0; oldPin = 0 }
#endif
#if LIVE
  :: atomic { !calm -> calm = 1 }
#endif
#if DECOMMISSION
  :: atomic { passed && latch -> latch = 0; changed = ALL }
#endif
  od
}

init { atomic {
  changed = ALL; movedOn = ALL;
#ifdef AT_TOP
  weight = TOP; rule = TOP;
#endif
#ifdef AT_REARM
  pin = RAISED; intent = LOWER; lower = 1;
#endif
  run World();
#if PROMOTES > 0
  run Promote(P0);
#endif
#if PROMOTES > 1
  run Promote(P1);
#endif
#if ROLLBACKS > 0
  run Rollback(R0);
#endif
#if ROLLBACKS > 1
  run Rollback(R1);
#endif
#if REARM
  run Rearm(A);
#if PIN
  run LowerPin(L);
#endif
#endif
#if DECOMMISSION
  run Decommission(D);
#endif
} }

#if LIVE
/* once faults have ended: every latch comes to be verified, and nothing is left open below it */
ltl latched { [] ((calm && latch) -> <> (!latch || (verified && (pin == RAISED || (!PIN && rule == 0))))) }
/* every announced change comes to an end */
ltl ended { [] ((calm && intent != NONE) -> <> (intent == NONE)) }
/* and no armed cutover is left behind a raised pin, where its gates would judge green without traffic */
ltl parked { [] ((calm && !latch && pin == RAISED) -> <> (latch || pin == PARKED)) }
#endif
