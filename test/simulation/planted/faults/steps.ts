import { edit, type Fault } from "../fault.ts";

const ADVANCE = "src/guard/advance.ts";
const COMMIT = "src/guard/commit.ts";
const SETTLE = "src/guard/settle-intent.ts";
const EVOLVE = "src/decision/evolve.ts";

const COMMIT_FENCE = `  epoch === announced.epoch &&
  latch === undefined &&
  intent?.kind === "setWeight" &&`;
const RAISE = "const changed = await raiseGreen(ports, tick.cutover, steps, tick.seen.sights);";
const NO_FENCE = `  (epoch > 0 || latch === undefined) &&
  intent?.kind === "setWeight" &&`;
const COMMITS_ANYWHERE = edit(
  EVOLVE,
  'must(state.latch === undefined && intent?.kind === "setWeight" && intent.epoch === state.epoch, event);',
  "",
);
const SETTLED_UNDER_LATCH = `  if (state.latch !== undefined)
    return { kind: "ended", event: { kind: "intentCleared" }, summary: "an announced change ended under the latch" };
`;

/** Mistakes in taking a step: announce, ask once, commit what was done, settle what nobody was told. */
export const STEPS: readonly Fault[] = [
  {
    name: "no-version",
    edits: [
      edit(
        COMMIT,
        "return ports.state.transition(before.version, next, STATE_TIMEOUT_MS);",
        `return ports.state.transition(before.version, next, STATE_TIMEOUT_MS).then((outcome) =>
          outcome.kind === "moved" && outcome.state !== null
            ? ports.state.transition(outcome.state.version, { ...next, version: outcome.state.version + 1 }, STATE_TIMEOUT_MS)
            : outcome);`,
      ),
    ],
    breaks: "P2",
    why: "a refused write is sent again with the newer version, over whatever came between, a latch for instance",
    expected: { within: 5 },
  },
  {
    name: "no-latch-check-at-commit",
    edits: [edit(ADVANCE, COMMIT_FENCE, NO_FENCE), COMMITS_ANYWHERE],
    breaks: "P2",
    why: "a step is recorded although a rollback was latched between the request and the commit",
    expected: { within: 20, amid: "steps-overtaken" },
  },
  {
    name: "latch-check-left-to-evolve",
    edits: [edit(ADVANCE, COMMIT_FENCE, NO_FENCE)],
    breaks: "P6",
    why: "the commit asks for no latch any more; the event itself refuses, and the run ends in an exception",
    expected: { within: 20, amid: "steps-overtaken" },
  },
  {
    name: "timeout-ends-intent",
    edits: [edit(ADVANCE, `if (changed.kind === "unknown") {`, "if (false) {")],
    breaks: "P1",
    why: "a request whose answer never came counts as refused: its intent is cleared, and it lands",
    expected: { within: 20 },
  },
  {
    name: "timeout-counts-as-made",
    edits: [
      edit(
        "src/guard/change-weight.ts",
        'return after.length > 0 && arrived ? { kind: "applied" } : { kind: "unknown", message };',
        'return { kind: "applied" };',
      ),
    ],
    breaks: "P1",
    why: "a request whose answer never came counts as made: a weight is recorded that green never had",
    expected: { within: 20 },
  },
  {
    name: "settles-at-notAfter",
    edits: [edit(SETTLE, "later(intent.notAfter, APPLY_BOUND_MS + DESCRIBE_LAG_MS)", "intent.notAfter")],
    breaks: "P1",
    why: "an intent is given up when no request can leave any more, and not when none can land any more",
    expected: { within: 200, amid: "requests-at-the-last-moment" },
  },
  {
    name: "settles-at-once",
    edits: [edit(SETTLE, "later(intent.notAfter, APPLY_BOUND_MS + DESCRIBE_LAG_MS)", "intent.intentAt")],
    breaks: "P1",
    why: "the next tick gives an intent up by what it sees, while its request may still leave and land",
    expected: { within: 5, amid: "requests-at-the-last-moment" },
  },
  {
    name: "commits-before-the-write",
    edits: [
      edit(
        ADVANCE,
        RAISE,
        `const early = await conclude(ports, tick, announced.state, decision, { kind: "applied" });
         const changed = await raiseGreen(ports, tick.cutover, steps, tick.seen.sights);
         if (changed.kind !== "nothing") return early;`,
      ),
    ],
    breaks: "P1",
    why: "the weight is recorded first and asked for afterwards",
    expected: { within: 5 },
  },
  {
    name: "asks-before-it-announces",
    edits: [
      edit(
        ADVANCE,
        "const announced = await commit(ports, stored, {",
        `await raiseGreen(ports, tick.cutover, { from: stored.weightPercent, to: decision.to }, tick.seen.sights);
         const announced = await commit(ports, stored, {`,
      ),
    ],
    breaks: "P1",
    why: "the rule is changed before the intent is in the state: a crash or a latch between leaves green where nobody expects it",
    expected: { within: 5 },
  },
  {
    name: "acts-on-an-unwritten-intent",
    edits: [
      edit(ADVANCE, `if (announced.kind !== "committed")`, `if (announced.kind === "moved")`),
      edit(ADVANCE, "const open = announced.state;", "const open = announced.state ?? stored;"),
    ],
    breaks: "P1",
    why: "an intent whose write was not answered is acted on, whether it is there or not",
    expected: { within: 22 },
  },
  {
    name: "settles-under-a-latch",
    edits: [edit(SETTLE, SETTLED_UNDER_LATCH, ""), COMMITS_ANYWHERE],
    breaks: "P2",
    why: "an open step is recorded as made although a rollback is latched",
    expected: { within: 88 },
  },
  {
    name: "latched-intent-is-never-cleared",
    edits: [edit(SETTLE, SETTLED_UNDER_LATCH, `  if (state.latch !== undefined) return { kind: "waiting" };\n`)],
    breaks: "P6",
    why: "an intent that was open at the latch stays open for ever, and nobody can arm again",
    expected: { within: 88 },
  },
  {
    name: "mixed-routes-counted-as-made",
    edits: [
      edit(
        SETTLE,
        "observed.every((route) => isUnpinned(route) && weightStands(route, percent));",
        "observed.some((route) => isUnpinned(route) && weightStands(route, percent));",
      ),
    ],
    breaks: "P1",
    why: "one route with the new weight is enough to record it for all",
    expected: { within: 80 },
  },
  {
    name: "settled-step-is-never-the-last",
    edits: [edit(SETTLE, "last: step === lastStep }", "last: false }")],
    breaks: "P6",
    why: "a step to 100 % that a later tick settles does not begin the soak, and it hangs there for ever",
    expected: { within: 5, amid: "requests-at-the-last-moment" },
  },
  {
    name: "two-steps-at-once",
    edits: [
      edit(
        "src/decision/decide.ts",
        "const next = policy.steps[state.step + 1];",
        "const next = policy.steps[state.step + 2] ?? policy.steps[state.step + 1];",
      ),
    ],
    breaks: "P1",
    why: "off by one: green is given the weight after the next",
    expected: { within: 5 },
  },
  {
    name: "no-put-back",
    edits: [edit(ADVANCE, "await lowerGreen(ports, tick.cutover, tick.seen.sights);", "")],
    breaks: "P2",
    why: "a step that a rollback overtook is not put back to 0",
    expected: { redundant: "the pin is above it, and re-arm writes 0 and looks twice (model: no-put-back)" },
  },
  {
    name: "retries-the-step",
    edits: [
      edit(
        "src/guard/limits.ts",
        "export const ONE_ATTEMPT = { attempts: 1,",
        "export const ONE_ATTEMPT = { attempts: 3,",
      ),
    ],
    breaks: "P1",
    why: "promote asks three times: a second request may leave after the first one's outcome has been acted on",
    expected: { within: 5 },
  },
  {
    name: "judged-twice",
    edits: [edit("src/guard/promote.ts", "state.lastTick !== null && state.lastTick >= at", "false")],
    breaks: "P6",
    why: "the second run of a tick judges it again",
    expected: { within: 5 },
  },
  {
    name: "stale-tick",
    edits: [
      edit(
        "src/decision/bounds.ts",
        "TICK_MAX_AGE_MS = durationMs(120_000)",
        "TICK_MAX_AGE_MS = durationMs(12_000_000)",
      ),
    ],
    breaks: "P1",
    why: "an invocation that was queued for minutes takes a step by evidence of that long ago",
    expected: { within: 100, amid: "ticks-out-of-time" },
  },
];
