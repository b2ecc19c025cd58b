import { edit, type Fault } from "../fault.ts";

const WAIVERS = "src/policy/waivers.ts";

/** Mistakes with the gates that somebody has agreed to go on without. */
export const WAIVED: readonly Fault[] = [
  {
    name: "waiver-never-ends",
    edits: [edit(WAIVERS, "const holds = at < (waiverEnds(waiver) ?? 0);", "const holds = at > 0;")],
    breaks: "P1",
    why: "a step is taken on a gate whose waiver had expired",
    expected: { within: 15, amid: "bad-under-waivers" },
  },
  {
    name: "waiver-ends-late",
    edits: [
      edit(
        WAIVERS,
        "const holds = at < (waiverEnds(waiver) ?? 0);",
        "const holds = at - 300_000 < (waiverEnds(waiver) ?? 0);",
      ),
    ],
    breaks: "P1",
    why: "a waiver goes on for five minutes after its end",
    expected: { within: 60, amid: "bad-under-waivers" },
  },
  {
    name: "waiver-of-anything",
    edits: [
      edit(
        WAIVERS,
        "return holds && asked.includes(waiver.gate) && waiverRefusal(policy, waiver.gate) === null;",
        "return holds && asked.includes(waiver.gate);",
      ),
    ],
    breaks: "P1",
    why: "a policy that reached the table past the linter waives the streams, the alarms and the way back",
    expected: { within: 5, amid: "bad-under-waivers" },
  },
  {
    name: "waiver-blocks-rollback",
    edits: [
      edit(
        "src/decision/decide.ts",
        `if (cause !== null && state.wayBack === "open") {`,
        `if (cause !== null && state.wayBack === "open" && waivers.length === 0) {`,
      ),
    ],
    breaks: "P2",
    why: "while a gate is waived nothing is rolled back",
    expected: { within: 5, amid: "bad-under-waivers" },
  },
];
