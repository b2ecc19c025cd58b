import { edit, type Fault } from "../fault.ts";

const SNAP_BACK = "src/guard/snap-back.ts";
const LATCH_FIRST = "src/guard/latch-first.ts";
const VERIFY = "src/guard/verify-pin.ts";
const LOOK = "src/guard/look-for-blue.ts";
const REARM = "src/guard/re-arm.ts";
const REPAIR = "src/guard/latch-repair.ts";
const LOWER = "src/guard/lower-pin.ts";

const PIN_GONE = `if (outcome?.kind === "refused" && outcome.code === "RuleNotFound") return true;`;
const ANSWERED =
  'if (answers.length === outcomes.length && lastAnswer != null)\n    return { kind: "answered", sentAt, at: lastAnswer, sights: read.sights };';
const ANYHOW = 'return { kind: "answered", sentAt, at: lastAnswer ?? ports.clock.now(), sights: read.sights };';
const TWO_LOOKS = "for (const waitMs of [0, DESCRIBE_LAG_MS]) {";
const ONE_LOOK = "for (const waitMs of [0]) {";

/** Mistakes in rolling back and in arming again. */
export const GOING_BACK: readonly Fault[] = [
  {
    name: "epoch-stands-still",
    edits: [edit("src/decision/latch.ts", "epoch: before.epoch + 1", "epoch: before.epoch")],
    breaks: "P2",
    why: "a latch does not move the epoch: runs from before it take themselves for its own",
    expected: { within: 5 },
  },
  {
    name: "epoch-moves-twice",
    edits: [edit("src/decision/latch.ts", "epoch: before.epoch + 1", "epoch: before.epoch + 2")],
    breaks: "P6",
    why: "a latch moves the epoch by two",
    expected: { within: 5 },
  },
  {
    name: "stale-alarm",
    edits: [
      edit(
        LATCH_FIRST,
        "latch(ports, cutover, cause, { armedAtOrBefore: alarmAt }, came)",
        "latch(ports, cutover, cause, {}, came)",
      ),
    ],
    breaks: "P3",
    why: "an alarm's event of an epoch that is over rolls back the one that was armed after it",
    expected: { within: 46 },
  },
  {
    name: "old-request-latches",
    edits: [
      edit(
        LATCH_FIRST,
        'return latchingOf(await latch(ports, cutover, cause, conditions), "nothing is armed");',
        'return latchingOf(await latch(ports, cutover, cause, {}), "nothing is armed");',
      ),
    ],
    breaks: "P3",
    why: "promote's request of an epoch that is over, delivered late, rolls back the one that was armed after it",
    expected: { within: 140 },
  },
  {
    name: "reassert-skipped",
    edits: [
      edit(REPAIR, "latch.reassertAfter !== undefined && now > later(latch.reassertAfter, APPLY_BOUND_MS)", "false"),
    ],
    breaks: "P2",
    why: "blue is not asserted once more when a step under way at the latch can no longer land",
    expected: {
      redundant:
        "the step's own run puts it back, and every tick under a latch puts pin and rule right: rolled-back-and-left-alone takes both away too",
    },
  },
  {
    name: "rolled-back-and-left-alone",
    edits: [
      edit(REPAIR, "latch.reassertAfter !== undefined && now > later(latch.reassertAfter, APPLY_BOUND_MS)", "false"),
      edit(REPAIR, "tick.seen.sights.length > 0 && !tick.seen.sights.every(isOnBlue)", "false"),
      edit(
        REPAIR,
        'lower: tick.seen.sights.some((sight) => sight.kind === "seen" && !weightStands(sight.observed, weightPercent(0))),',
        "lower: false,",
      ),
      edit("src/guard/advance.ts", "await lowerGreen(ports, tick.cutover, tick.seen.sights);", ""),
    ],
    breaks: "P2",
    why: "once verified, nobody looks again at what a step that was under way makes of the rules",
    expected: { within: 100, amid: "steps-after-the-latch" },
  },
  {
    name: "repair-skipped",
    edits: [
      edit("src/guard/latched.ts", "repair.sendBack || repair.lower === true ?", "repair.lower === true ?"),
      edit("src/guard/latched.ts", "repair.sendBack ? callRollback(", "repair.doing === null ? callRollback("),
    ],
    breaks: "P6",
    why: "a rollback that died half way is not gone on with by the next tick",
    expected: { within: 22 },
  },
  {
    name: "pin-is-not-raised",
    edits: [
      edit(
        VERIFY,
        'ports.rules.movePin(pin.route, "raised", insistingIn(ports, "more to come"))',
        'ports.rules.movePin(pin.route, "parked", insistingIn(ports, "more to come"))',
      ),
    ],
    breaks: "P6",
    why: "the plan of a rollback parks the pin",
    expected: { within: 5 },
  },
  {
    name: "flips-past-the-return",
    edits: [
      edit(VERIFY, PIN_GONE, ""),
      edit(VERIFY, `return seen?.kind === "seen" && seen.observed.pin === "gone";`, "return false;"),
      edit(
        SNAP_BACK,
        `if (state.wayBack !== "open") return noWayBack(ports, cutover, \`the way back is \${state.wayBack}\${HALTED}\`);`,
        "",
      ),
    ],
    breaks: "P4",
    why: "a rollback past the point of no return finds no pin and writes the weighted rule to blue, which is fenced",
    expected: { within: 56 },
  },
  {
    name: "promote-writes-past-the-return",
    edits: [edit("src/guard/send-back.ts", `latched === null || latched.wayBack === "open"`, "true")],
    breaks: "P4",
    why: "promote's own rollback does not ask what way back is left",
    expected: { within: 200, amid: "loud-returns" },
  },
  {
    name: "answer-and-one-look-missing",
    edits: [edit(VERIFY, ANSWERED, ANYHOW), edit(LOOK, TWO_LOOKS, ONE_LOOK)],
    breaks: "P2",
    why: "verified by one look and nobody's answer: a stale look shows a pin that is not up",
    expected: { within: 20 },
  },
  {
    name: "one-look",
    edits: [edit(LOOK, TWO_LOOKS, ONE_LOOK)],
    breaks: "P2",
    why: "verified by one look, while a node of the load balancer still sends green its old share",
    expected: { within: 20 },
  },
  {
    name: "no-answer-needed",
    edits: [edit(VERIFY, ANSWERED, ANYHOW)],
    breaks: "P2",
    why: "verified without an answered write",
    expected: { redundant: "two looks further apart than any Describe lags (model: two-looks)" },
  },
  {
    name: "latch-is-not-asked-for",
    edits: [
      edit(
        "src/guard/record-verified.ts",
        `if (state.latch === undefined || state.epoch !== seen.epoch) return null;`,
        `if (state.latch === undefined) return null;`,
      ),
    ],
    breaks: "P2",
    why: "a rollback of an epoch that is over marks the latch of the one after it as verified",
    expected: { redundant: "between two latches lies an arm, and no rollback lives as long as an arm has to wait" },
  },
  {
    name: "rearms-without-zero",
    edits: [
      edit(REARM, "await lowerGreen(ports, { ...cutover, routes: pinnedRoutes(cutover) }, checked.sights);", ""),
      edit(
        REARM,
        'const zero = sights.every((sight) => sight.kind === "seen" && isOnBlue(sight) && weightStands(sight.observed, 0));',
        "const zero = true;",
      ),
      edit(LOWER, "if (!atZero(sights)) return", "if (false) return"),
    ],
    breaks: "P1",
    why: "the pin is lowered over whatever the weighted rule still says",
    expected: { within: 30, amid: "backs-and-forths" },
  },
  {
    name: "lowers-the-pin-unseen",
    edits: [edit(LOWER, "if (!atZero(sights)) return", "if (false) return")],
    breaks: "P1",
    why: "the pin is lowered without a look at the weighted rule",
    expected: {
      redundant: "re-arm has written 0 and looked twice, and nothing raises it behind the pin (model: no-lower-look)",
    },
  },
  {
    name: "lowers-the-pin-of-another-epoch",
    edits: [
      edit(LOWER, "if (state.epoch !== epoch) return", "if (false) return"),
      edit(LOWER, `if (state.latch !== undefined) return "a rollback is latched";`, ""),
      edit(LOWER, `if (intent?.kind !== "lowerPin") return "no re-arm is waiting for it";`, ""),
      edit(
        LOWER,
        `return later(clock.now(), ROLLBACK_LIFE_MS) > intent.notAfter ? "the intent's time is nearly over" : null;`,
        "return null;",
      ),
    ],
    breaks: "P2",
    why: "a lowering of the pin, delivered late or twice, lowers it under the latch of the next rollback",
    expected: { within: 46 },
  },
  {
    name: "rearms-too-early",
    edits: [
      edit(
        REARM,
        "const cooled = isOfDrill(state) ? latch.at : later(latch.at, parseDuration(policy.afterRollback.cooldown));",
        "const cooled = latch.at;",
      ),
      edit(REARM, "const quiet = later(latch.at, INTENT_LIFE_MS + APPLY_BOUND_MS);", "const quiet = latch.at;"),
      edit(REARM, `...(state.intent === undefined ? [] : ["an announced change is not settled"]),`, ""),
    ],
    breaks: "P1",
    why: "armed again while a step of the epoch before may still land",
    expected: { within: 5, amid: "backs-at-length" },
  },
  {
    name: "rearms-unsettled",
    edits: [
      edit(
        REARM,
        `...(state.settled === undefined ? ["the rollback is not settled: the reverse stream is not proven empty"] : []),`,
        "",
      ),
      edit(
        "src/decision/rearmed.ts",
        `must(state.phase === "rolledBack" && state.latch?.verifiedAt !== undefined && state.settled !== undefined, event);`,
        "",
      ),
    ],
    breaks: "P4",
    why: "armed again before the reverse stream is proven empty",
    expected: { within: 20, amid: "backs-and-forths" },
  },
  {
    name: "held-counts-as-snapped",
    edits: [edit(SNAP_BACK, `if (ready.latch?.mode === "held") return { kind: "held", state: ready };`, "")],
    breaks: "P4",
    why: "traffic goes back although the policy says to hold where writes would be lost",
    expected: { within: 5, amid: "dead-behind-a-hold" },
  },
  {
    name: "never-holds",
    edits: [
      edit(
        "src/decision/rollback-safety.ts",
        `mayWait && whenNotLossless === "hold" && expected.label !== "lossless"`,
        "false",
      ),
    ],
    breaks: "P4",
    why: "the policy's hold is never asked for",
    expected: { within: 40 },
  },
  {
    name: "settled-without-proof",
    edits: [
      edit("src/decision/settle-label.ts", "if (seen.drain === undefined || seen.drain.since < since)", "if (false)"),
      edit(
        "src/decision/settle-label.ts",
        'read("conflicts.new", isNumber, seen.drain.provenAt)',
        'read("conflicts.new", isNumber, since)',
      ),
    ],
    breaks: "P4",
    why: "a rollback is called lossless without a proof that the reverse stream is empty",
    expected: { within: 20, amid: "backs-and-forths" },
  },
];
