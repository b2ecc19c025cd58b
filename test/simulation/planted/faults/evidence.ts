import { edit, type Fault } from "../fault.ts";

const EVIDENCE_FILE = "src/snapshot/evidence.ts";
const BLOCKING = "src/decision/blocking.ts";
const FRESHNESS = "src/snapshot/freshness.ts";
const CAUSE = "src/decision/rollback-cause.ts";

/** Mistakes in what may be concluded from what was, and was not, seen. */
export const EVIDENCE: readonly Fault[] = [
  {
    name: "transition-minute-counts",
    edits: [edit(EVIDENCE_FILE, "(at) => at > stepBegan,\n", "(at) => at >= stepBegan,\n")],
    breaks: "P1",
    why: "the minute in which the weight changed counts for the step: `>=` for `>`",
    expected: {
      redundant: "no gate looks back to before the shortest dwell, and sums skip that minute by their own reckoning",
    },
  },
  {
    name: "evidence-of-the-step-before",
    edits: [
      edit(EVIDENCE_FILE, "(at) => at > stepBegan,\n", "() => true,\n"),
      edit(EVIDENCE_FILE, "earlier(now, P99_SPAN_MS) > stepBegan", "true"),
    ],
    breaks: "P1",
    why: "gates are judged over minutes of the step before",
    expected: { redundant: "no gate looks back to before the shortest dwell" },
  },
  {
    name: "newest-minute-trusted",
    edits: [edit(FRESHNESS, "GATE_DELAY_MS = durationMs(120_000)", "GATE_DELAY_MS = durationMs(0)")],
    breaks: "P1",
    why: "gates look at the minute that has just ended, whose errors have not arrived yet",
    expected: { within: 36 },
  },
  {
    name: "unknown-passes",
    edits: [
      edit(BLOCKING, `.filter(({ verdict }) => verdict !== "pass")`, `.filter(({ verdict }) => verdict === "fail")`),
    ],
    breaks: "P1",
    why: "a gate that could not be judged is no obstacle",
    expected: { within: 5 },
  },
  {
    name: "silence-is-no-errors",
    edits: [
      edit(
        "src/snapshot/minute-readings.ts",
        `return typeof cellOf(requests, index) === "number" ? 0 : NOTHING_COUNTED;`,
        "return 0;",
      ),
    ],
    breaks: "P1",
    why: "a minute without an error count is a minute without errors, also where no request was counted",
    expected: { redundant: "a rate asks for the requests of the same minute, and without them it is unknown" },
  },
  {
    name: "stale-instants",
    edits: [edit(FRESHNESS, "INSTANT_MAX_AGE_MS = durationMs(90_000)", "INSTANT_MAX_AGE_MS = durationMs(90_000_000)")],
    breaks: "P1",
    why: "what observe last stored counts, however long ago that was",
    expected: { within: 5 },
  },
  {
    name: "never-blind",
    edits: [edit(CAUSE, `if (since === null || policy.blind.action !== "rollback") return [];`, "return [];")],
    breaks: "P3",
    why: "being blind for too long is no reason to go back",
    expected: { within: 88 },
  },
  {
    name: "blind-at-once",
    edits: [edit(CAUSE, "if (tick < later(since, blindAfterMs(policy))) return [];", "")],
    breaks: "P3",
    why: "one tick that cannot see rolls back",
    expected: { within: 5 },
  },
  {
    name: "blind-begins-again",
    edits: [edit("src/decision/blindness.ts", "state.blindSince ?? tick", "tick")],
    breaks: "P3",
    why: "every blind tick counts as the first one",
    expected: { within: 88 },
  },
  {
    name: "rules-never-fire",
    edits: [
      edit(
        CAUSE,
        `.filter(({ verdict }) => verdict === "fired")`,
        `.filter(({ verdict }) => verdict === "clear" && false)`,
      ),
    ],
    breaks: "P2",
    why: "the policy's own rollback rules are not asked",
    expected: { within: 28 },
  },
  {
    name: "alarms-are-not-read",
    edits: [edit(CAUSE, "if (worst === undefined) return null;", "return null;")],
    breaks: "P2",
    why: "an alarm whose event was lost is not found by the tick either",
    expected: { within: 5 },
  },
  {
    name: "unknown-fires",
    edits: [
      edit(CAUSE, `.filter(({ verdict }) => verdict === "fired")`, `.filter(({ verdict }) => verdict !== "clear")`),
    ],
    breaks: "P3",
    why: "a rollback rule that could not be judged fires",
    expected: { within: 5, amid: "blind-minutes" },
  },
  {
    name: "dwell-is-ignored",
    edits: [
      edit(
        "src/decision/step-dwell.ts",
        "const shortest = dwellObstacle(state, dwellEnds(state, parseDuration(step.minDwell)), tick);",
        "const shortest: never[] = [];",
      ),
    ],
    breaks: "P1",
    why: "a step may be left before its shortest time is over",
    expected: { within: 5 },
  },
  {
    name: "old-epoch-counts",
    edits: [
      edit(EVIDENCE_FILE, "(at) => at >= armed,\n", "() => true,\n"),
      edit(
        "src/guard/look.ts",
        "ports.snapshots.range(cutover.name, state.epoch,",
        "ports.snapshots.range(cutover.name, state.epoch - 2,",
      ),
    ],
    breaks: "P3",
    why: "the snapshots of the epoch before are read: its bad minutes roll this one back",
    expected: { redundant: "it cools down for longer than any rule looks back" },
  },
  {
    name: "p99-of-blue-for-green",
    edits: [edit("src/snapshot/take-snapshot.ts", '"green.p99Ms": ofSide("green"),', '"green.p99Ms": ofSide("blue"),')],
    breaks: "P1",
    why: "green's p99 is read from blue's",
    expected: { within: 5, amid: "slow-green" },
  },
  {
    name: "unstored-evidence-promotes",
    edits: [edit("src/guard/store-evidence.ts", "if (!stored.ok) return null;", "")],
    breaks: "P7",
    why: "a step is taken although what it rests on could not be stored, and nobody can recompute it",
    expected: { within: 5, amid: "evidence-unstored" },
  },
  {
    name: "no-data-is-quiet",
    edits: [
      edit(
        "src/snapshot/take-snapshot.ts",
        "alarm !== undefined && isKnownQuiet(alarm)",
        'alarm !== undefined && (isKnownQuiet(alarm) || alarm.state === "INSUFFICIENT_DATA")',
      ),
    ],
    breaks: "P1",
    why: "an alarm without data counts as quiet",
    expected: { within: 10, amid: "alarms-without-data" },
  },
];
