import { isOnBlue } from "../../actuation/observed-route.ts";
import type { CutoverState } from "../../decision/state.ts";
import { actsSince } from "../../decommission/plan.ts";
import { otherActionsOf } from "../../guard/change-weight.ts";
import { readRoutes } from "../../guard/look.ts";
import type { GuardPorts, JournalEntry } from "../../guard/ports.ts";
import { isInstant, toIso } from "../../kernel/instant.ts";
import type { OutsideFailure } from "../../kernel/result.ts";
import { hasPlainRoute } from "../../signals/routes.ts";
import { toBlueByHand } from "../blue-by-hand.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { outside, refused } from "../exit.ts";
import { isOwnLack, nextAfter, unanswered } from "../failures.ts";
import { stateGone } from "../ledger-records.ts";
import { PATIENCE_MS } from "../limits.ts";
import { restoreSteps } from "../restore-steps.ts";

export type RestorePorts = Pick<GuardPorts, "clock" | "state" | "ledger" | "journal" | "rules">;

export interface RestoreDocument {
  readonly cutover: string;
  readonly wayBack: CutoverState["wayBack"];
  /** What going back costs. */
  readonly costs: string;
  readonly steps: readonly string[];
  /** Acts of decommission begun, in order; without `finishedAt` it may be half done. */
  readonly acts: readonly { readonly action: string; readonly finishedAt: string | null }[];
}

/**
 * Says what way back is left, and how to go it. Changes nothing.
 * @throws {CommandFailure} its state is gone or cannot be read; its journal cannot be read.
 */
export const restoreCommand = async (context: CliContext<RestorePorts>): Promise<CommandResult<RestoreDocument>> => {
  const { ports, bindings } = context;
  const read = await ports.state.read(bindings.name, PATIENCE_MS);
  if (!read.ok) return fromRulesAlone(context, read.failure);
  const gone = read.value === null ? await stateGone(ports, bindings.name) : null;
  if (gone !== null) throw gone;
  const journal = read.value === null ? [] : await journalOf(ports, read.value);
  // The rules are looked at only where a command that writes them may be in the answer.
  const writes = read.value !== null && read.value.wayBack !== "open";
  const sights = writes ? (await readRoutes(ports, bindings)).sights : [];
  const plan = restoreSteps(bindings, read.value, journal, (route) =>
    toBlueByHand(route, otherActionsOf(sights, route)),
  );
  const document: RestoreDocument = {
    cutover: bindings.name,
    wayBack: read.value?.wayBack ?? "open",
    ...plan,
    acts: journal.map(({ action, finishedAt }) => ({
      action,
      finishedAt: finishedAt === undefined ? null : toIso(finishedAt),
    })),
  };
  return done(document, [
    `${bindings.name}: way back ${document.wayBack}`,
    `  costs  ${document.costs}`,
    ...document.steps.map((step, index) => `  ${index + 1}. ${step.replaceAll("\n", "\n     ")}`),
  ]);
};

const journalOf = async (
  { journal }: Pick<GuardPorts, "journal">,
  state: CutoverState,
): Promise<readonly JournalEntry[]> => {
  const listed = await journal.list(state.cutover);
  if (!listed.ok) throw unanswered(`The journal of ${state.cutover} cannot be read.`, listed.failure);
  const strange = listed.value.find((entry) => !isAct(entry));
  if (strange !== undefined)
    throw refused(
      `The journal of ${state.cutover} holds what is no act: ${JSON.stringify(strange)}.`,
      "Somebody has changed it or put it there; what was taken apart cannot be told from it.",
      "Keep the table as it is, restore it beside from a backup, and compare the journals.",
    );
  return actsSince(state.armedAt, listed.value).toSorted((a, b) => a.startedAt - b.startedAt);
};

const isAct = ({ action, startedAt, finishedAt }: JournalEntry): boolean =>
  typeof action === "string" && isInstant(startedAt) && (finishedAt === undefined || isInstant(finishedAt));

/**
 * Without the table the rules tell half of it: the pin, or blue in a rule without one, goes at the point of no return. Where
 * it is there, so is the way back; where it is not, somebody else may have taken it away before.
 */
const fromRulesAlone = async (
  { ports, bindings }: CliContext<RestorePorts>,
  failure: OutsideFailure,
): Promise<never> => {
  const { sights } = await readRoutes(ports, bindings);
  const pins = sights.map((sight) => (sight.kind === "seen" ? sight.observed.pin : "unreadable"));
  const there = sights.length > 0 && pins.every((pin) => pin !== "gone" && pin !== "unreadable");
  const gone = pins.includes("gone");
  const mark = hasPlainRoute(bindings) ? "the way back that its rules show is" : "its pin is";
  throw outside(
    `The state of ${bindings.name} cannot be read${there ? `; ${mark} there, so the way back is open` : gone ? `; ${mark} gone: at the point of no return, or by somebody else` : ""}.`,
    failure.message,
    there && !sights.every(isOnBlue)
      ? `pawl rollback ${bindings.name} --reason "…" works without the table.`
      : `${isOwnLack(failure) ? nextAfter(failure) : "Wait for the table."} Without the journal nobody knows which acts were done, or whether any was.`,
  );
};
