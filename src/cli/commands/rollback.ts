import { snapBack } from "../../guard/snap-back.ts";
import type { SnapBackPorts } from "../../guard/snap-back-trigger.ts";
import type { SnapBackReport } from "../../guard/tell-rollback.ts";
import { toIso } from "../../kernel/instant.ts";
import type { CutoverBindings } from "../../signals/bindings.ts";
import { hasPlainRoute, pinnedRoutes } from "../../signals/routes.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { outside, refused } from "../exit.ts";
import { PATIENCE_MS, WARM_UP_MS } from "../limits.ts";
import { sayLabel } from "../say-label.ts";

export interface RollbackDocument {
  readonly cutover: string;
  /** False where all is on blue and the table could not be told; the next tick finds the pin and latches. */
  readonly recorded: boolean;
  /** Present where a route has no pin: on blue by answered writes, and verified by the ticks no earlier than this. */
  readonly verifiedNotBefore?: string;
  readonly expected: string | null;
  readonly reasons: readonly string[];
  /** What else a rollback does and this one could not, a sentence each. */
  readonly undone: readonly string[];
}

/**
 * All traffic to blue, now. Needs rights on the load balancer and nothing else: no policy, no table, no Kafka.
 * @throws {CommandFailure} held, past the point of no return, or not verified in time.
 */
export const rollbackCommand = async (
  { ports, bindings, operator, terminal }: CliContext<SnapBackPorts>,
  options: { readonly reason: string; readonly acceptLoss: boolean },
): Promise<CommandResult<RollbackDocument>> => {
  terminal.progress(
    `${hasPlainRoute(bindings) ? "sending" : "raising the pin of"} ${bindings.name}${hasPlainRoute(bindings) ? " to blue" : ""}, then reading the rules twice, 10 s apart`,
  );
  // Opens the connection to the table, so that the latch gets its answer within its 300 ms where there is one to get.
  await ports.state.read(bindings.name, WARM_UP_MS);
  const untold = new Set<string>();
  const report = await snapBack({ ...ports, notify: listening(ports.notify, untold) }, bindings, {
    kind: "operator",
    by: operator,
    ...options,
  });
  if (report.kind !== "verified-unrecorded") return told(report, bindings, [...untold]);
  // The latch is not waited for; by now there is time to see whether this or an earlier rollback is recorded after all.
  const read = await ports.state.read(bindings.name, PATIENCE_MS);
  if (read.ok && read.value === null) return unguarded(bindings.name, [...untold]);
  const recorded = read.ok && read.value?.latch?.verifiedAt !== undefined ? read.value : null;
  return told(recorded === null ? report : { kind: "verified", state: recorded }, bindings, [...untold]);
};

/** Notes why nobody could be told; going back does not stop for that, and its operator has to know. */
const listening = (notify: SnapBackPorts["notify"], untold: Set<string>): SnapBackPorts["notify"] => ({
  send: async (notification, timeoutMs) => {
    const sent = await notify.send(notification, timeoutMs);
    if (!sent.ok) untold.add(`nobody was told: ${sent.failure.message}`);
    return sent;
  },
});

/** To be run as it stands: whoever reads it has no time to look for ARNs. */
const byHand = (bindings: CutoverBindings): string => {
  const moves = pinnedRoutes(bindings).map(({ pin }) => `RuleArn=${pin.ruleArn},Priority=${pin.raisedPriority}`);
  return [
    ...(moves.length === 0 ? [] : [`By hand: aws elbv2 set-rule-priorities --rule-priorities ${moves.join(" ")}`]),
    ...(hasPlainRoute(bindings) ? ["A route without a pin by hand: see the runbook, a rollback without a pin."] : []),
  ].join("\n        ");
};

const undoneLines = (undone: readonly string[]): readonly string[] =>
  undone.map((what) => `  Not done: ${what.replace(/\.$/, "")}.`);

const unguarded = (cutover: string, undone: readonly string[]): CommandResult<RollbackDocument> =>
  done({ cutover, recorded: false, expected: null, reasons: ["it was never armed"], undone }, [
    `${cutover}: all traffic is on blue, verified. It was never armed, so nothing is recorded and nothing guards it.`,
    ...undoneLines(undone),
    "  The pin stays raised until somebody parks it: pawl doctor says how.",
  ]);

const told = (
  report: SnapBackReport,
  bindings: CutoverBindings,
  untold: readonly string[],
): CommandResult<RollbackDocument> => {
  const { name: cutover } = bindings;
  switch (report.kind) {
    case "verified": {
      const { latch, settled } = report.state;
      const { label = null, reasons = [] } = latch?.expected ?? {};
      const undone = untold.map((what) => `${what}; the next tick tells`);
      return done({ cutover, recorded: true, expected: label, reasons, undone }, [
        `${cutover}: all traffic is on blue, verified.`,
        `  expected ${sayLabel({ label: label ?? "unknown", reasons })}`,
        ...undoneLines(undone),
        settled === undefined
          ? `  What it really cost is being proven: pawl status ${cutover}. Keep both streams until it has settled.`
          : `  It had gone back before, and settled ${sayLabel(settled)}.`,
      ]);
    }
    case "asserted": {
      const { expected } = report.state.latch ?? { expected: null };
      const verifiedNotBefore = toIso(report.until);
      const document = { recorded: true, expected: expected?.label ?? null, reasons: expected?.reasons ?? [] };
      return done({ cutover, ...document, undone: untold, verifiedNotBefore }, [
        `${cutover}: all traffic was sent to blue, and a rollback is latched. It is not verified yet: a route has no pin.`,
        ...undoneLines(untold),
        `  A step that was under way may still give green its share until ${verifiedNotBefore}. Every tick sends it back;`,
        `  the one after that verifies: pawl status ${cutover}. If ticks stand still, run this again then.`,
      ]);
    }
    case "verified-unrecorded": {
      const undone = [`it is not recorded: ${report.why}`, ...untold];
      return done({ cutover, recorded: false, expected: null, reasons: [report.why], undone }, [
        `${cutover}: all traffic is on blue, verified.`,
        ...undoneLines(undone),
        "  The next tick that reads the table finds the pin raised and latches. Until then do not arm anything.",
      ]);
    }
    case "held":
      throw refused(
        `${cutover} stays where it is: its rollback is held.`,
        `Going back would not be lossless: ${report.state.latch?.expected.reasons.join("; ") ?? ""}.`,
        `Mend the reverse stream, and it goes back by itself; or pawl rollback ${cutover} --accept-loss --reason "…".`,
      );
    case "no-way-back":
      throw refused(
        `${cutover} is past the point of no return.`,
        `${report.why}.`,
        `pawl restore ${cutover} says what way back is left.`,
      );
    case "pin-gone":
      throw outside(
        `${cutover} was not sent back as a whole: its rules show no way back, and by whose doing is not known.`,
        `${report.why}.`,
        `pawl restore ${cutover} says more once the table answers. If nobody has begun a decommission, go back by the weights: see the runbook, the pin is gone.`,
      );
    case "unverified":
      throw outside(
        `${cutover} could not be verified on blue yet.`,
        report.why,
        `Where that names a rule, put the rule back. Run it again: repeating it is harmless. ${byHand(bindings)}`,
      );
    case "ignored":
      throw refused(
        `${cutover} was not rolled back.`,
        `${report.why}.`,
        `Run it again, and see pawl status ${cutover}.`,
      );
  }
};
