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

/** Under a latch nothing advances, paused or not; and an arm that comes after takes the pause off. */
const meansLatched = (
  cutover: string,
  verb: Exclude<OfferedVerb, "adopt">,
  { latch, wayBack }: CutoverState,
): string | null => {
  if (latch === undefined) return null;
  if (wayBack !== "open" && verb === "resume") return "The rollback that came too late is dropped, and it goes on.";
  if (wayBack !== "open" || verb === "approve") return null;
  const again = `pawl arm ${cutover} --again`;
  return verb === "pause"
    ? `A rollback is latched: nothing advances anyway, and ${again} takes the pause off.`
    : `A rollback is latched: nothing advances before ${again}.`;
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
  const means = meansLatched(bindings.name, verb, state) ?? MEANS[verb];
  return done(document, [`${verb}: asked; the tick of ${document.takenAt} takes it, in ${inSeconds}.`, means]);
};
