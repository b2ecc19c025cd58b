import type { CutoverState } from "../decision/state.ts";
import { desiredRules } from "../guard/desired-rules.ts";
import { READ_TIMEOUT_MS } from "../guard/limits.ts";
import { readRoutes } from "../guard/look.ts";
import type { GuardPorts } from "../guard/ports.ts";
import type { CutoverBindings } from "../signals/bindings.ts";
import { isKnownQuiet } from "../signals/quiet-alarms.ts";

type Ports = Pick<GuardPorts, "clock" | "alarms" | "rules">;

/**
 * The alarms and the rules of every route, read once and at the same time: the permit may rest on what promote saw minutes ago.
 * @returns what keeps the way back open, a phrase each; empty where every alarm is quiet, no pin raised, and all on green.
 */
export const lastLook = async (
  ports: Ports,
  cutover: CutoverBindings,
  state: CutoverState,
): Promise<readonly string[]> =>
  (await Promise.all([loudAlarms(ports, cutover), awayFromGreen(ports, cutover, state)])).flat();

const loudAlarms = async ({ alarms }: Ports, cutover: CutoverBindings): Promise<readonly string[]> => {
  const arns = cutover.alarms.map(({ arn }) => arn);
  const read = await alarms.read(arns, READ_TIMEOUT_MS);
  if (!read.ok) return [`the alarms could not be read: ${read.failure.message}`];
  const own = arns.map((arn) => ({ arn, alarm: read.value.find((alarm) => alarm.arn === arn) }));
  const loud = own.filter(({ alarm }) => alarm?.state !== "OK");
  const doubtful = own.filter(({ alarm }) => alarm?.state === "OK" && !isKnownQuiet(alarm));
  return [
    ...(loud.length > 0 ? [`alarms that are not OK: ${arnsOf(loud)}`] : []),
    ...(doubtful.length > 0 ? [`alarms that CloudWatch cannot evaluate fully: ${arnsOf(doubtful)}`] : []),
  ];
};

const arnsOf = (alarms: readonly { readonly arn: string }[]): string => alarms.map(({ arn }) => arn).join(", ");

/**
 * A rollback that got no answer from the table leaves no trace in the state. Until the point of no return promote takes a
 * raised pin for one, and latches; past it nobody does, and everybody on blue could neither be recorded there nor armed again.
 */
const awayFromGreen = async (
  ports: Ports,
  cutover: CutoverBindings,
  state: CutoverState,
): Promise<readonly string[]> => {
  const { drift, detail } = (await readRoutes(ports, cutover)).reading(desiredRules(state));
  if (drift === "in-sync") return [];
  if (drift === "unreadable") return [`the rules could not be read: ${detail}`];
  return [`the rules do not send everything to green as they were left: ${detail}`];
};
