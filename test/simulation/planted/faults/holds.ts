import { edit, type Fault } from "../fault.ts";

const SEND_BACK = "src/guard/send-back.ts";

/** Mistakes by which promote puts green to 0, although the policy says to wait where going back would lose writes. */
export const HOLDS: readonly Fault[] = [
  {
    name: "hold-forgotten-without-an-answer",
    edits: [edit(SEND_BACK, "if (held && latched === null)\n", "if (false)\n")],
    breaks: "P4",
    why: "promote's rollback was to be held, its latch got no answer, and it goes back all the same",
    expected: { within: 50, amid: "holds-overtaken" },
  },
  {
    name: "joins-what-is-to-be-held",
    edits: [
      edit(
        SEND_BACK,
        "if (held && latched !== null && staysOnGreen(latched)) {",
        `if (held && latched?.latch?.mode === "held") {`,
      ),
    ],
    breaks: "P4",
    why: "promote finds an alarm's latch that nobody has held yet, and goes back for it",
    expected: { within: 20, amid: "holds-overtaken" },
  },
  {
    name: "overtaken-step-ends-a-hold",
    edits: [
      edit("src/guard/advance.ts", "if (outcome.state !== null && staysOnGreen(outcome.state))\n", "if (false)\n"),
    ],
    breaks: "P4",
    why: "a step that a held rollback has overtaken is put back to 0, and what was on green before with it",
    expected: { within: 150, amid: "steps-overtaken-by-a-hold" },
  },
];
