import { edit, type Fault } from "../fault.ts";

const RUN = "src/decommission/run-decommission.ts";
const LAST_LOOK = "src/decommission/last-look.ts";
const PLAN = "src/decommission/plan.ts";

/** Mistakes in taking CDC apart. */
export const DECOMMISSION: readonly Fault[] = [
  {
    name: "reverse-goes-first",
    edits: [
      edit(
        PLAN,
        `act("stop-forward", "teardown", "restorable", "nothing is left to carry"),`,
        `act("stop-reverse-sink", "teardown", "restorable", "nothing is left to apply"),`,
      ),
      edit(
        PLAN,
        `act("stop-reverse-sink", "teardown", "restorable", "nothing is left to apply"),\n  act(\n    "drop-reverse-slot",`,
        `act("stop-forward", "teardown", "restorable", "nothing is left to carry"),\n  act(\n    "drop-reverse-slot",`,
      ),
    ],
    breaks: "P5",
    why: "of the two streams the way back is stopped before forward is",
    expected: { within: 20 },
  },
  {
    name: "fence-before-the-wait",
    edits: [edit("src/decommission/own-acts.ts", "return now < until\n", "return false\n")],
    breaks: "P4",
    why: "blue is fenced while a rollback that began before may still write",
    expected: { within: 150, amid: "backs-refused-without-the-table" },
  },
  {
    name: "expired-permit",
    edits: [edit(RUN, "return later(now, CLOCK_SKEW_MS) > permit.notAfter ?", "return false ?")],
    breaks: "P5",
    why: "an act is carried out under a permit that promote could not renew",
    expected: { within: 10, amid: "permits-unrenewed" },
  },
  {
    name: "no-permit",
    edits: [edit(RUN, "if (refusal !== null) return stop(refusal);", "")],
    breaks: "P5",
    why: "acts are carried out without any permit",
    expected: { within: 20 },
  },
  {
    name: "loud-alarms-at-the-return",
    edits: [edit(LAST_LOOK, 'own.filter(({ alarm }) => alarm?.state !== "OK")', "own.filter(() => false)")],
    breaks: "P5",
    why: "the point of no return is passed while an alarm fires",
    expected: { within: 300, amid: "loud-returns" },
  },
  {
    name: "return-without-a-look",
    edits: [edit(LAST_LOOK, `if (drift === "in-sync") return [];`, "return [];")],
    breaks: "P4",
    why: "the point of no return is passed while a rollback that the table did not answer has everybody on blue",
    expected: { within: 20, amid: "backs-without-the-table" },
  },
  {
    name: "return-under-a-latch",
    edits: [
      edit(RUN, `if (state.latch !== undefined) return stop("a rollback is latched");`, ""),
      edit(
        "src/decision/decommission-events.ts",
        `...(state.latch === undefined ? [] : ["a rollback is latched"]),`,
        "",
      ),
    ],
    breaks: "P2",
    why: "the point of no return is passed although a rollback was latched first",
    expected: {
      redundant:
        "a latch begins a new epoch, and neither permit nor approval of the one before holds in it: return-under-any-latch takes these away too",
    },
  },
  {
    name: "return-under-any-latch",
    edits: [
      edit(RUN, `if (state.latch !== undefined) return stop("a rollback is latched");`, ""),
      edit(
        "src/decision/decommission-events.ts",
        `...(state.latch === undefined ? [] : ["a rollback is latched"]),`,
        "",
      ),
      edit(RUN, "if (permit.epoch !== state.epoch) return", "if (false) return"),
      edit("src/decision/decommission-permit.ts", "state.approval.epoch === state.epoch &&", ""),
    ],
    breaks: "P2",
    why: "and neither permit nor approval has to be of the epoch that the latch began",
    expected: { within: 100, amid: "backs-at-the-return" },
  },
  {
    name: "way-back-closed-afterwards",
    edits: [
      edit(
        RUN,
        `if (planned.wayBackAfter === "closed" && state.wayBack !== "closed") {`,
        `if (planned.wayBackAfter === "closed" && state.wayBack !== "closed" && planned.action !== "drop-reverse-slot") {`,
      ),
    ],
    breaks: "P4",
    why: "the last slot is dropped before the state says that nothing can be restored from it",
    expected: { within: 20 },
  },
  {
    name: "unfinished-acts-are-skipped",
    edits: [edit(RUN, "entries.filter((entry) => entry.finishedAt !== undefined)", "entries")],
    breaks: "P6",
    why: "an act that was begun and killed counts as done",
    expected: { within: 20 },
  },
];
