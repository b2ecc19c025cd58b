import { edit, type Fault } from "../fault.ts";

const CHANGE = "src/guard/change-weight.ts";
const VERIFY = "src/guard/verify-pin.ts";

/** Mistakes that show where one of two routes ends otherwise than the other. */
export const ROUTES_APART: readonly Fault[] = [
  {
    name: "one-refusal-ends-it",
    edits: [
      edit(
        CHANGE,
        `if (sent.every(({ outcome, stands }) => outcome.kind === "refused" || stands)) {`,
        `if (sent.some(({ outcome }) => outcome.kind === "refused")) {`,
      ),
    ],
    breaks: "P6",
    why: "one route was refused and the other timed out: the whole counts as refused, and the other one lands",
    expected: { within: 5, amid: "routes-apart" },
  },
  {
    name: "refused-half-not-put-back",
    edits: [edit(CHANGE, "return (await putBack(ports, cutover, there, from, sights))", "return there.length >= 0")],
    breaks: "P1",
    why: "one route was refused; the other keeps the new weight, and the intent is cleared",
    expected: { within: 5, amid: "routes-apart" },
  },
  {
    name: "mixed-goes-to-0",
    edits: [
      edit(
        "src/guard/promote.ts",
        "await lowerGreen(ports, tick.cutover, tick.seen.sights, state.weightPercent);",
        "await lowerGreen(ports, tick.cutover, tick.seen.sights);",
      ),
    ],
    breaks: "P3",
    why: "routes that differ are written to 0 instead of to the recorded weight, and that passes for an outsider's rollback",
    expected: { within: 5, amid: "routes-apart" },
  },
  {
    name: "one-answer-is-enough",
    edits: [
      edit(VERIFY, "if (answers.length === outcomes.length && lastAnswer != null)", "if (lastAnswer != null)"),
      edit(
        "src/guard/look-for-blue.ts",
        "if (why !== undefined) return { why, sights };",
        "if (why !== undefined && sights.every((sight) => notOnBlue(sight) !== null)) return { why, sights };",
      ),
    ],
    breaks: "P2",
    why: "one pin was answered and the other not: the rollback is verified by the first route alone",
    expected: { within: 20, amid: "routes-apart" },
  },
];
