import type { CutoverState } from "../../decision/state.ts";
import { type OfferedVerb, type RequestPorts, requestVerb } from "../../guard/requests.ts";
import { toIso } from "../../kernel/instant.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { outside, refused } from "../exit.ts";
import { firstRead } from "../first-read.ts";
import { forPeople } from "../terminal.ts";

export interface RequestDocument {
  readonly cutover: string;
  readonly verb: OfferedVerb;
  readonly by: string;
  readonly reason: string;
  readonly epoch: number;
  /** The tick that takes it, and after which it is void. */
  readonly takenAt: string;
}

const MEANS: Readonly<Record<Exclude<OfferedVerb, "adopt">, string>> = {
  pause: "Nothing advances from then on; rollbacks go on as ever.",
  resume: "From then on the cutover advances again when its gates pass.",
  approve: "CDC is taken apart once the soak and its gates are there. Good for this epoch and 24 h.",
};

/** What a verb comes to where it means something else than usual; null where it means what it always does. */
const meansHere = (
  cutover: string,
  verb: Exclude<OfferedVerb, "adopt">,
  { latch, wayBack }: CutoverState,
): string | null => {
  if (verb === "approve") return null;
  if (wayBack !== "open") return meansPastReturn(cutover, verb, latch !== undefined);
  if (latch === undefined) return null;
  const again = `pawl arm ${cutover} --again --policy <name>`;
  return verb === "pause"
    ? `A rollback is latched: nothing advances anyway. The pause outlasts ${again}; pawl resume ${cutover} --reason "…" takes it off.`
    : `A rollback is latched: nothing advances before ${again}.`;
};

/** There is no step left to wait with, and no rollback that would go on. */
const meansPastReturn = (cutover: string, verb: "pause" | "resume", latched: boolean): string => {
  if (verb === "pause")
    return `Past the point of no return: without a permit decommission stops within 3 minutes of that tick. pawl restore ${cutover} says what way back is left.`;
  return latched
    ? "The rollback that came too late is dropped, and it goes on."
    : "From then on CDC is taken apart further: it is past the point of no return.";
};

/**
 * Puts `pause`, `resume` or `approve` into the state; the next tick takes it.
 * @throws {CommandFailure} it cannot be asked now, or the table did not answer.
 */
export const requestCommand = async (
  context: CliContext<RequestPorts>,
  verb: Exclude<OfferedVerb, "adopt">,
  reason: string,
): Promise<CommandResult<RequestDocument>> => {
  const { ports, bindings, operator: by } = context;
  const what = `${bindings.name} was not asked to ${verb}.`;
  await firstRead(ports, bindings.name, what);
  const report = await requestVerb(ports, bindings.name, verb, { by, reason });
  if (report.kind === "failed")
    throw outside(what, report.why, "Run it again: one that did get through is refused as still waiting.");
  if (report.kind === "refused")
    throw refused(what, `${report.why}.`, `pawl status ${bindings.name} says how it stands.`);
  const { takenAt, state } = report;
  const document = { cutover: bindings.name, verb, by, reason, epoch: state.epoch, takenAt: toIso(takenAt) };
  const inSeconds = forPeople(Math.max(0, takenAt - ports.clock.now()));
  const means = meansHere(bindings.name, verb, state) ?? MEANS[verb];
  return done(document, [`${verb}: asked; the tick of ${document.takenAt} takes it, in ${inSeconds}.`, means]);
};
