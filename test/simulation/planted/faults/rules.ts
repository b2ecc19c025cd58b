import { edit, type Fault } from "../fault.ts";

const DRIFT = "src/actuation/drift.ts";
const INTRUDERS = "src/actuation/intruders.ts";
const CAUSE = "src/decision/rollback-cause.ts";
const CHANGE = "src/guard/change-weight.ts";

/** Mistakes in reading and writing the load balancer's rules. */
export const RULES: readonly Fault[] = [
  {
    name: "one-read-is-an-outsider",
    edits: [edit(CAUSE, "if (!stoodBefore(`drift:${drift}`, state.blocking, tick)) return null;", "")],
    breaks: "P3",
    why: "one Describe that is behind passes for somebody who sent traffic back",
    expected: { within: 30 },
  },
  {
    name: "outsider-is-ignored",
    edits: [
      edit(CAUSE, "if (!isSentBack(facts.traffic)) return null;", "return null;"),
      edit("src/guard/settle-intent.ts", `: { kind: "latch-again" };`, `: { kind: "waiting" };`),
    ],
    breaks: "P6",
    why: "a rollback by hand, or a pin that nobody lowered, leaves the cutover armed behind it for ever",
    expected: { within: 20, amid: "meddling" },
  },
  {
    name: "more-green-is-in-sync",
    edits: [
      edit(
        DRIFT,
        "const isMoreGreen = ruleGreenPercent > desired.greenPercent && ruleGreenPercent !== desired.alsoGreenPercent;",
        "const isMoreGreen = false;",
      ),
    ],
    breaks: "P1",
    why: "a share of green that nobody announced counts as the new baseline",
    expected: { within: 20, amid: "meddling" },
  },
  {
    name: "adopts-what-it-sees",
    edits: [
      edit(
        "src/guard/settle-intent.ts",
        "if (all(intent.to)) {",
        "if (observed.every(({ ruleGreenPercent }) => ruleGreenPercent > state.weightPercent)) {",
      ),
    ],
    breaks: "P1",
    why: "an open step is recorded as made because green has more than before, whatever it is",
    expected: { within: 5, amid: "meddling" },
  },
  {
    name: "foreign-rule-above-is-ignored",
    edits: [edit(INTRUDERS, "if (above && mayOverlap(rule.conditions, weighted.conditions))", "if (false)")],
    breaks: "P1",
    why: "a rule of somebody else's that takes this route's requests is not seen",
    expected: { within: 96 },
  },
  {
    name: "sticky-at-100",
    edits: [edit(DRIFT, "greenPercent > 0 && greenPercent < 100", "greenPercent > 0")],
    breaks: "P1",
    why: "stickiness stays on at 100: cookie holders stay on blue for ever, and blue is fenced under them",
    expected: { within: 5 },
  },
  {
    name: "never-sticky",
    edits: [edit(DRIFT, "greenPercent > 0 && greenPercent < 100", "false")],
    breaks: "P4",
    why: "a user changes sides with every request, and writes the same row on both within the lag",
    expected: { within: 5 },
  },
  {
    name: "other-actions-lost",
    edits: [
      edit(
        CHANGE,
        "return ports.rules.writeWeights(planned.write, others, limits);",
        "return ports.rules.writeWeights(planned.write, [], limits);",
      ),
    ],
    breaks: "P1",
    why: "the weighted rule loses its authentication with the first step",
    expected: { within: 5 },
  },
  {
    name: "one-route-is-enough",
    edits: [
      edit(CHANGE, "if (sent.every(({ stands }) => stands)) return", "if (sent.some(({ stands }) => stands)) return"),
    ],
    breaks: "P1",
    why: "the answer for one route passes for all of them",
    expected: { within: 80 },
  },
];
