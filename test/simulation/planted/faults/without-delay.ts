import { edit, type Fault } from "../fault.ts";

const REPAIR = "src/guard/latch-repair.ts";
const HOLD = "src/guard/hold-rollback.ts";
const HARD_DOWN = `return trigger.kind === "alarm" && trigger.severity === "hard-down" ? trigger : null;`;

/** Mistakes that leave green on for longer than it takes to go back, and what they leave recorded afterwards. */
export const WITHOUT_DELAY: readonly Fault[] = [
  {
    name: "rollback-waits-for-the-table",
    edits: [
      edit(
        "src/guard/send-back.ts",
        "const latched = stateAfter(outcome);",
        `if (outcome.kind === "unknown") return { kind: "failed", why: outcome.message };
         const latched = stateAfter(outcome);`,
      ),
    ],
    breaks: "P2",
    why: "promote's rollback whose latch got no answer leaves it to the next tick",
    expected: { within: 5 },
  },
  {
    name: "no-table-no-rollback",
    edits: [
      edit(
        "src/guard/snap-back.ts",
        `if (latching.kind === "unanswered") return goOnBlind(ports, cutover, trigger, latching.why);`,
        `if (latching.kind === "unanswered") return { kind: "unverified", why: latching.why };`,
      ),
    ],
    breaks: "P2",
    why: "a rollback without an answer from the table gives up and leaves it to Lambda's next attempt",
    expected: { within: 20 },
  },
  {
    name: "hard-down-waits",
    edits: [
      edit(
        "src/decision/rollback-safety.ts",
        `(cause.kind === "alarm" && cause.severity === "degraded")`,
        `cause.kind === "alarm"`,
      ),
      edit(HOLD, HARD_DOWN, "return null;"),
      edit(REPAIR, "return alarm === undefined\n", "return alarm !== null\n"),
    ],
    breaks: "P2",
    why: "an alarm that cannot wait is held like any other",
    expected: { within: 80, amid: "dead-behind-a-hold" },
  },
  {
    name: "degraded-ends-a-hold",
    edits: [edit(HOLD, HARD_DOWN, `return trigger.kind === "alarm" ? trigger : null;`)],
    breaks: "P4",
    why: "any alarm ends a hold, not only one that cannot wait",
    expected: { within: 20, amid: "dead-behind-a-hold" },
  },
  {
    name: "recorded-weight-stays",
    edits: [
      edit(
        "src/decision/latch-events.ts",
        `    phase: "rolledBack",
    step: -1,
    weightPercent: weightPercent(0),`,
        `    phase: "rolledBack",
    step: -1,`,
      ),
    ],
    breaks: "P7",
    why: "a verified rollback leaves the weight it came from in the state",
    expected: { within: 5 },
  },
  {
    name: "armed-at-stays",
    edits: [edit("src/decision/rearmed.ts", "    armedAt: rearm.at,", "")],
    breaks: "P3",
    why: "arming again does not move armedAt: an alarm of before it rolls back",
    expected: { within: 60 },
  },
];
