import type { CutoverState } from "../../decision/state.ts";
import { drillRollback } from "../../guard/drill-rollback.ts";
import type { DrillBroken, DrillLink, DrillPorts } from "../../guard/drill-walk.ts";
import { toIso } from "../../kernel/instant.ts";
import { type DurationMs, durationMs } from "../../kernel/units.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import { alarmName } from "../../signals/made-alarms.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { alarmFindings, readAlarms } from "../doctor/alarms.ts";
import { type DoctorPorts, examine } from "../doctor/examine.ts";
import { type Finding, findingLines } from "../doctor/finding.ts";
import { functionFinding } from "../doctor/standing.ts";
import { CommandFailure, EXIT, misused, outside, refused } from "../exit.ts";
import { unanswered } from "../failures.ts";
import { othersListing } from "../files.ts";
import { firstRead } from "../first-read.ts";
import { PATIENCE_MS } from "../limits.ts";
import { stillPaused } from "../still-paused.ts";
import { forPeople } from "../terminal.ts";

export interface DrillDocument {
  readonly cutover: string;
  readonly alarm: string;
  /** By which way the alarm's event came first: `action`, `eventbridge` or `sns`. */
  readonly via: string;
  readonly epoch: number;
  /** In order; `tookMs` since the one before. */
  readonly links: readonly { readonly what: string; readonly at: string; readonly tookMs: number }[];
}

export interface DrillCommandOptions {
  /** Name or ARN of one of the cutover's alarms; its first where left out. */
  readonly alarm?: string;
  readonly withinMs: DurationMs;
}

/**
 * Rehearses the rollback before the first step: a real alarm, a real pin, at weight 0, and back to armed. In AWS all of
 * it is real, and whoever is on call is told as of a rollback.
 * @throws {CommandFailure} it cannot be rehearsed now; or a link is broken, which it names.
 */
export const drillRollbackCommand = async (
  context: CliContext<DrillPorts & DoctorPorts>,
  options: DrillCommandOptions,
): Promise<CommandResult<DrillDocument>> => {
  const { ports, bindings, operator: by, terminal, target } = context;
  const alarm = alarmNamed(bindings, options.alarm);
  refuseShared(alarm.arn, bindings.name, othersListing(context.policiesDir, bindings.name, alarm.arn));
  const undone = `The rollback of ${bindings.name} cannot be rehearsed.`;
  const read = await firstRead(ports, bindings.name, undone);
  if (!read.ok) throw unanswered(undone, read.failure);
  const digest = read.value?.policyDigest ?? "";
  const policy = await ports.policies.read(digest, PATIENCE_MS);
  const doctor = async (): Promise<readonly string[]> => {
    if (!policy.ok || policy.value === null) return ["the policy it was armed with cannot be read"];
    const { findings } = await examine(ports, {
      ...{ bindings, target, policy: policy.value, rehearsal: policy.value.drill === true },
      withoutPin: read.value?.withoutPin !== undefined,
    });
    return findings.filter(({ verdict }) => verdict !== "ok").map(({ what, value }) => `${what}: ${value}`);
  };
  for (const line of announcement(bindings.name, alarmName(alarm.arn))) terminal.progress(line);
  let before: number | null = null;
  const report = await drillRollback(ports, bindings, {
    ...{ by, alarm, doctor, withinMs: options.withinMs },
    progress: ({ what, at }) => {
      terminal.progress(row(what, at - (before ?? at)));
      before = at;
    },
  });
  if (report.kind === "refused")
    throw refused(
      `The rollback of ${bindings.name} was not rehearsed; nothing was changed.`,
      `${report.refusals.join(".\n        ")}.`,
      `It is rehearsed once armed, at weight 0, before the first step: pawl status ${bindings.name}.`,
    );
  if (report.kind === "unannounced")
    throw outside(
      `The rollback of ${bindings.name} was not rehearsed; no alarm was set.`,
      `${report.why.replace(/\.$/, "")}: the rehearsal may be announced all the same, and would hold the first step until ${toIso(report.until)}.`,
      `pawl status ${bindings.name} says if it is. Repeat it then, or once that time is over.`,
    );
  if (report.kind === "broken") throw await brokenAt(context, report);
  const links = report.marks.map(({ what, at }, index) => ({
    what,
    at: toIso(at),
    tookMs: at - (report.marks[index - 1]?.at ?? at),
  }));
  const { epoch } = report.state;
  return done({ cutover: bindings.name, alarm: alarm.arn, via: report.via, epoch, links }, [
    `${bindings.name}: the way back works, rehearsed with ${alarmName(alarm.arn)} (came by ${report.via}).`,
    ...links.map(({ what, tookMs }) => row(what, tookMs)),
    `  ${sayArmed(report.state)}. Recorded in the ledger.`,
  ]);
};

/** Its machine may have slept since it was armed again. */
const sayArmed = ({ cutover, epoch, latch, pause }: CutoverState): string => {
  if (latch !== undefined) return `Armed again, and rolled back in earnest since: pawl status ${cutover}`;
  return `Armed again, epoch ${epoch}; ${pause === undefined ? "the next tick goes on" : stillPaused(cutover, pause)}`;
};

const row = (what: string, tookMs: number): string =>
  `  ${what.padEnd(20)} ${tookMs < 10_000 ? `${tookMs} ms` : forPeople(tookMs)}`;

const alarmNamed = (
  { name, alarms }: CutoverBindings,
  wanted: string | undefined,
): CutoverBindings["alarms"][number] => {
  const found =
    wanted === undefined ? alarms[0] : alarms.find(({ arn }) => arn === wanted || alarmName(arn) === wanted);
  if (found !== undefined) return found;
  throw misused(
    wanted === undefined ? `${name} lists no alarm.` : `${name} lists no alarm ${wanted}.`,
    "Only an alarm that cutover.json lists may send traffic back.",
    `Give one of: ${alarms.map(({ arn }) => alarmName(arn)).join(", ") || "none"}.`,
  );
};

/** An alarm does not know for whom it is set: whoever else lists it would go back in earnest. */
const refuseShared = (arn: string, cutover: string, others: readonly string[]): void => {
  if (others.length === 0) return;
  throw refused(
    `The rollback of ${cutover} was not rehearsed; nothing was changed.`,
    `The alarm ${alarmName(arn)} is listed by ${others.join(", ")} too, which setting it would send back to blue in earnest.`,
    `Rehearse it with an alarm that is ${cutover}'s alone: --alarm <name>.`,
  );
};

const announcement = (cutover: string, alarm: string): readonly string[] => [
  `rehearsing the rollback of ${cutover} for real, with all traffic on blue from beginning to end:`,
  `  1. early in a tick's minute, ${alarm} is set to ALARM; all that it calls is called, and whoever is on call is told`,
  "  2. pawl-rollback latches, raises the pin and verifies it; nothing advances meanwhile",
  "  3. it settles, is armed again with the same policy, and the pin is lowered; three minutes at least",
];

/** Which of pawl's parts a link hangs on: what to look at, and what to do. */
const LOOK: Readonly<Record<DrillLink, string>> = {
  alarm: "Give whoever rehearses the right cloudwatch:SetAlarmState on the cutover's alarms.",
  event:
    "Look at the alarm's actions, the function's permission for it, the EventBridge rule pawl-<cutover>-alarms, and the log and errors of pawl-rollback; the failure queue pawl-failed has what it could not do.",
  pin: "Look at the log of pawl-rollback and its right elasticloadbalancing:SetRulePriorities on the pin; every tick goes on trying.",
  settle: "Mend what it waits for; it settles by itself.",
  "re-arm": "Do what stands above.",
  "pin-lowered":
    "Look at the log of pawl-rollback; where the pin stays up, a tick latches again by itself within minutes.",
};

const STANDS: Readonly<Record<DrillBroken["standing"], (cutover: string) => string>> = {
  armed: (cutover) => `${cutover} is armed as before, and goes on with the next tick: pawl pause if it shall not.`,
  rolledBack: (cutover) =>
    `${cutover} is rolled back, all traffic on blue. Once it has settled: pawl arm ${cutover} --again --policy <name>; after a rehearsal alone without a cooldown.`,
  "gone-on": (cutover) =>
    `The rehearsal outlasted its own hold, and ${cutover} has gone on without it; nothing was written, and the alarm was left as it is. pawl status ${cutover} says where traffic is.`,
  "armed-again": (cutover) =>
    `${cutover} is armed again, by somebody else or by a write of this rehearsal that nobody answered: pawl status ${cutover} says where traffic is. If its pin is still up: pawl arm ${cutover} --again --policy <name> asks for it to be lowered.`,
  unknown: (cutover) =>
    `pawl status ${cutover} says how it stands, and where traffic is; what a rehearsal holds it holds for half an hour at most.`,
};

/** A link that is broken, with what can be seen of it from here. */
const brokenAt = async (
  { ports, bindings, target }: CliContext<DrillPorts & DoctorPorts>,
  report: DrillBroken,
): Promise<CommandFailure> => {
  const reached = report.marks.map(({ what }) => what).join(", ");
  const seen =
    report.link === "event" ? await eventFindings(ports, bindings, target.env["PAWL_ROLLBACK_FUNCTION"] ?? "") : [];
  const against = seen.filter(({ verdict }) => verdict !== "ok").flatMap(findingLines);
  const text = {
    what: `The way back of ${bindings.name} is broken at: ${report.link}.`,
    why: [`${report.why}.`, `Reached: ${reached}.`, ...against].join("\n        "),
    next: `${LOOK[report.link]} ${STANDS[report.standing](bindings.name)}`,
  };
  return report.link === "re-arm" ? new CommandFailure(EXIT.refused, text) : outside(text.what, text.why, text.next);
};

const eventFindings = async (
  ports: DoctorPorts,
  bindings: CutoverBindings,
  rollbackFunction: string,
): Promise<readonly Finding[]> => {
  const [alarms, probed] = await Promise.all([
    readAlarms(ports, bindings),
    ports.functions.probe(rollbackFunction, PATIENCE_MS),
  ]);
  return [...alarmFindings(bindings, alarms, rollbackFunction), functionFinding(rollbackFunction, probed)];
};

/** @throws {CommandFailure} no number of minutes from 1 to 30. */
export const minutesGiven = (text: string): DurationMs => {
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 30) return durationMs(minutes * 60_000);
  throw misused(
    `--minutes ${text} is not a number from 1 to 30.`,
    "It is how long each link may take.",
    "Leave it out for 3.",
  );
};
