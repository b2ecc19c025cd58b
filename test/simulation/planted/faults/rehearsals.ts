import { edit, type Fault } from "../fault.ts";

const DRILL = "src/decision/rollback-drill.ts";
const ROLLBACK = "src/guard/drill-rollback.ts";
const WALK = "src/guard/drill-walk.ts";

/** Mistakes with the rehearsal of the rollback, and with what goes on beside it. */
export const REHEARSALS: readonly Fault[] = [
  {
    name: "rehearsal-holds-nothing",
    edits: [edit("src/decision/decide.ts", "    ...drillObstacles(state, tick),\n", "")],
    breaks: "P2",
    why: "the first step is taken while the rollback is rehearsed",
    expected: { within: 100, amid: "rehearsals-astray" },
  },
  {
    name: "rehearsal-left-its-alarm-behind",
    edits: [edit(DRILL, "{ ...rest, armedAt: at } : rest", "rest : rest")],
    breaks: "P7",
    why: "a rehearsal ends without its event, which comes when nobody rehearses any more, and counts",
    expected: { within: 180, amid: "rehearsals-astray" },
  },
  {
    name: "earnest-passes-for-a-rehearsal",
    edits: [
      edit(
        "src/guard/in-earnest.ts",
        "if (cause === null || !isMeant(state, cause)) return state;",
        "if (cause !== undefined) return state;",
      ),
    ],
    breaks: "P2",
    why: "whoever means it joins the latch of a rehearsal, which then arms again over their head",
    expected: { within: 5, amid: "rehearsals-astray" },
  },
  {
    name: "rehearsal-arms-again-whatever-it-finds",
    edits: [
      edit(
        "src/guard/re-arm.ts",
        "...(ofDrill === true && !isOfDrill(state)",
        "...(ofDrill === undefined && !isOfDrill(state) && state === null",
      ),
    ],
    breaks: "P2",
    why: "a rehearsal arms again what has been rolled back in earnest meanwhile",
    expected: { within: 5, amid: "rehearsals-astray" },
  },
  {
    name: "rehearsal-says-rolled-back-unseen",
    edits: [edit(WALK, `read.value.latch === undefined ? "armed-again" : "rolledBack"`, `"rolledBack"`)],
    breaks: "P7",
    why: "a rehearsal that breaks says that all traffic is on blue, when somebody else has armed it again",
    expected: { within: 10, amid: "rehearsals-astray" },
  },
  {
    name: "rehearsal-does-not-look-at-green",
    edits: [
      edit(
        "src/decision/rollback-drill.ts",
        "...(state.weightPercent > 0 ? [`green has ${state.weightPercent} % of the traffic, it must have none`] : []),",
        "",
      ),
      edit(
        "src/decision/rollback-drill.ts",
        `latch === undefined && state.phase !== "armed" ?`,
        `latch === undefined && state.phase === "complete" ?`,
      ),
      edit(
        "src/guard/drill-checks.ts",
        "...(weightStands(sight.observed, 0) ? []",
        "...(ruleGreenPercent >= 0 || weightStands(sight.observed, 0) ? []",
      ),
    ],
    breaks: "P2",
    why: "the rollback is rehearsed with traffic on green",
    expected: { within: 10, amid: "rehearsals-astray" },
  },
  {
    name: "rehearsal-sleeps-past-its-hold",
    edits: [edit(ROLLBACK, "if (ports.clock.now() > drill.notAfter)", "if (ports.clock.now() < drill.at)")],
    breaks: "P2",
    why: "a machine sleeps before the alarm is set, and sets it when traffic has gone on",
    expected: { within: 150, amid: "rehearsals-astray" },
  },
];
