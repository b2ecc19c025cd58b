import type { RulesPort, WriteOutcome } from "../actuation/rules-port.ts";
import { weightedArn } from "../signals/routes.ts";

/** What a run has sent towards blue, and whether the load balancer answered that it was done. What was refused is not in it. */
export type Written = ReadonlyMap<string, "answered" | "unanswered">;

/** The same rules, with every write noted: a run that has to stop half way says what it has done by then. */
export const noting = (rules: RulesPort): { readonly rules: RulesPort; readonly written: Written } => {
  const written = new Map<string, "answered" | "unanswered">();
  const note = async (what: string, writing: Promise<WriteOutcome>): Promise<WriteOutcome> => {
    const outcome = await writing;
    if (outcome.kind === "applied") written.set(what, "answered");
    else if (outcome.kind === "unknown" && !written.has(what)) written.set(what, "unanswered");
    return outcome;
  };
  return {
    written,
    rules: {
      listListeners: (...asked) => rules.listListeners(...asked),
      readListener: (...asked) => rules.readListener(...asked),
      writeWeights: (write, ...how) =>
        note(`weights of ${weightedArn(write.route)}`, rules.writeWeights(write, ...how)),
      movePin: (route, ...how) => note(`pin ${route.pin.ruleArn}`, rules.movePin(route, ...how)),
      deletePin: (...asked) => rules.deletePin(...asked),
    },
  };
};

/** A sentence or two, without the last full stop. */
export const sayWritten = (written: Written): string => {
  if (written.size === 0) return "No rule was written";
  const writes = [...written].map(([what, end]) => (end === "answered" ? what : `${what} (no answer)`));
  return `Sent to blue before that was seen: ${writes.join(", ")}. Those routes are on blue where it was answered; the others are where they were`;
};
