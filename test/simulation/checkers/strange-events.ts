import type { WorldEvent } from "../world/events.ts";
import type { Run } from "../world/run.ts";
import type { Checker } from "./checker.ts";

/** P8: what nobody here can answer fails the invocation, which is how somebody hears of it; and it moves nothing. */
export const strangeEvents = (): Checker => ({
  promise: "P8",
  watch: (event) => {
    if (event.kind === "sent") return callsForNothing(event.run) ? `${event.what} was asked for ${UNCALLED}` : null;
    if (event.kind === "stored") return isLatched(event) ? `it was latched ${UNCALLED}` : null;
    return event.kind === "ended" ? ended(event.run) : null;
  },
});

const UNCALLED = "by a run that no alarm of the cutover had called";

const callsForNothing = (run: Run | null): boolean => run?.back?.by === "alarm" && run.back.calls.length === 0;

const isLatched = ({ run, before, after }: Extract<WorldEvent, { kind: "stored" }>): boolean =>
  callsForNothing(run) && before?.latch === undefined && after.latch !== undefined;

const ended = ({ back, failed }: Run): string | null =>
  back?.by === "alarm" && back.isStrange && failed === null
    ? "an event held what nobody can answer, and its invocation passed for a good one"
    : null;
