import { edit, type Fault } from "../fault.ts";

const ADOPTION = "src/decision/adoption.ts";

/** Mistakes in what has to be so before decommission begins, and before the way back is given up. */
export const GIVING_UP: readonly Fault[] = [
  {
    name: "pause-only-for-steps",
    edits: [
      edit(
        "src/decision/blocking.ts",
        "...(state.pause === undefined\n",
        `...(state.pause === undefined || state.phase === "soaking" || state.phase === "decommissioning"\n`,
      ),
    ],
    breaks: "P5",
    why: "a pause keeps decommission neither from beginning nor from passing the point of no return",
    expected: { within: 60 },
  },
  {
    name: "freeze-only-for-steps",
    edits: [
      edit(
        "src/decision/exceptions.ts",
        `const frozen = state.wayBack === "open" ? frozenAt(policy, tick) : null;`,
        `const frozen = state.phase === "armed" || state.phase === "shifting" ? frozenAt(policy, tick) : null;`,
      ),
    ],
    breaks: "P5",
    why: "a freeze does not keep decommission from beginning",
    expected: { within: 60 },
  },
  {
    name: "no-gates-before-the-return",
    edits: [
      edit(
        "src/decision/decide.ts",
        `return state.wayBack === "open" ? [...new Set([...last, ...policy.decommission.require])] : [];`,
        "return [];",
      ),
    ],
    breaks: "P5",
    why: "between the soak's end and the point of no return no gate is asked",
    expected: { within: 60 },
  },
  {
    name: "permit-lives-an-hour",
    edits: [
      edit(
        "src/decision/decommission-permit.ts",
        "PERMIT_LIFE_MS = durationMs(180_000)",
        "PERMIT_LIFE_MS = durationMs(3_600_000)",
      ),
    ],
    breaks: "P5",
    why: "a permit outlives the evidence it was given on",
    expected: { within: 5, amid: "permits-unrenewed" },
  },
  {
    name: "soak-survives-adoption",
    edits: [edit(ADOPTION, `state.phase === "soaking" ? restartSoak(state.soak, at) : state.soak`, "state.soak")],
    breaks: "P5",
    why: "another policy takes over in the soak, and what the one before had counted goes on counting",
    expected: { within: 40 },
  },
  {
    name: "approval-survives-adoption",
    edits: [
      edit(
        ADOPTION,
        "const { adoption: _, approval: __, ...rest } = state;",
        "const { adoption: _, ...rest } = state;",
      ),
    ],
    breaks: "P5",
    why: "what was approved under another policy is carried out under this one",
    expected: { within: 40 },
  },
];
