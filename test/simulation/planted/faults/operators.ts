import { edit, type Fault } from "../fault.ts";

const DECIDE = "src/decision/decide.ts";
const REQUEST = "src/decision/operator-request.ts";
const BLOCKING = "src/decision/blocking.ts";

const ROLLBACK_FIRST = `if (cause !== null && state.wayBack === "open") {`;

/** Mistakes with what operators ask for: pauses, freezes, requests, approvals. */
export const OPERATORS: readonly Fault[] = [
  {
    name: "pause-is-ignored",
    edits: [edit(BLOCKING, "...(state.pause === undefined\n", "...(true\n")],
    breaks: "P1",
    why: "a step is taken while an operator has paused",
    expected: { within: 40 },
  },
  {
    name: "pause-blocks-rollback",
    edits: [
      edit(DECIDE, ROLLBACK_FIRST, `if (cause !== null && state.wayBack === "open" && state.pause === undefined) {`),
    ],
    breaks: "P2",
    why: "while an operator has paused nothing is rolled back either",
    expected: { within: 5, amid: "bad-in-a-pause" },
  },
  {
    name: "freeze-is-ignored",
    edits: [edit("src/decision/exceptions.ts", "if (frozen === null) return [];", "return [];")],
    breaks: "P1",
    why: "a step is taken in a freeze",
    expected: { within: 20 },
  },
  {
    name: "freeze-blocks-rollback",
    edits: [
      edit(
        DECIDE,
        ROLLBACK_FIRST,
        `if (cause !== null && state.wayBack === "open" && freezeObstacles(state, policy, tick).length === 0) {`,
      ),
    ],
    breaks: "P2",
    why: "nothing is changed in a freeze, not even back",
    expected: { within: 76 },
  },
  {
    name: "request-of-an-old-epoch",
    edits: [
      edit(REQUEST, "if (request.epoch !== state.epoch) return", "if (false) return"),
      edit(REQUEST, `if (at > request.expiresAt) return "it has expired";`, ""),
    ],
    breaks: "P6",
    why: "what an operator asked of one epoch is carried out in the next",
    expected: { within: 50 },
  },
  {
    name: "approval-of-an-old-epoch",
    edits: [
      edit("src/decision/decommission-permit.ts", "state.approval.epoch === state.epoch &&", ""),
      edit(
        "src/decision/rearmed.ts",
        '...(["approval", "permit", "blindSince", "unprovenSince", "withoutPin"] as const),',
        '...(["permit", "blindSince", "unprovenSince", "withoutPin"] as const),',
      ),
    ],
    breaks: "P5",
    why: "an approval outlives the rollback of what it approved",
    expected: { within: 48 },
  },
  {
    name: "no-approval-needed",
    edits: [
      edit("src/decision/decommission-permit.ts", "state.approval !== undefined &&", "state.approval === undefined ||"),
    ],
    breaks: "P5",
    why: "without an approval it goes on as if there were one",
    expected: { within: 20 },
  },
];
