import { applyCdc } from "../../cdc/apply.ts";
import type { CdcApplied, CdcEvent, CdcStop } from "../../cdc/apply-events.ts";
import type { PasswordSetting } from "../../cdc/plan-types.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { assertNever } from "../../kernel/assert-never.ts";
import type { Digest } from "../../kernel/digest.ts";
import { DAY_MS } from "../../kernel/units.ts";
import type { CdcAdminReach } from "../../wiring-cdc.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { outside, refused } from "../exit.ts";
import { greenInUse } from "../green-in-use.ts";
import type { Terminal } from "../terminal.ts";
import { refusalLines } from "./cdc-plan.ts";

export interface CdcApplyPorts extends Pick<GuardPorts, "clock" | "rules"> {
  readonly reach: CdcAdminReach;
  readonly passwords: Readonly<Record<PasswordSetting, string>>;
  readonly digest: Digest;
}

export interface CdcApplyOptions {
  /** Green may be fenced whatever the load balancer shows. */
  readonly acceptFencedGreen?: boolean;
}

export type CdcApplyDocument = { readonly cutover: string } & CdcApplied;

/** A day: copying is bounded by the size of the tables, and everything else in it is watched. */
const COPY_WITHIN_MS = DAY_MS;

/** Brings both streams up in start order, or mends what is missing. Safe to repeat; refuses before it changes anything. */
export const cdcApplyCommand = async (
  { ports, bindings, terminal }: CliContext<CdcApplyPorts>,
  { acceptFencedGreen = false }: CdcApplyOptions,
): Promise<CommandResult<CdcApplyDocument>> => {
  const { reach, passwords, digest } = ports;
  const settings = {
    ...{ addresses: reach.addresses, passwords, copyWithinMs: COPY_WITHIN_MS },
    greenInUse: async () => (acceptFencedGreen ? null : greenInUse(ports, bindings)),
  };
  const applied = await applyCdc(reach.ports, reach.drain, bindings, settings, digest, teller(terminal));
  if (!applied.ok) throw stopped(bindings.name, applied.failure);
  const { done: made, already, rowsCompared, tookMs } = applied.value;
  return done({ cutover: bindings.name, ...applied.value }, [
    `CDC of ${bindings.name} runs both ways: ${made} done, ${already} there already, ${rowsCompared} rows compared equal, ${(tookMs / 1000).toFixed(1)} s.`,
    `  next: pawl doctor ${bindings.name}`,
  ]);
};

const stopped = (cutover: string, stop: CdcStop) => {
  switch (stop.kind) {
    case "refused":
      return refused(
        unapplied(cutover),
        stop.refusals.flatMap(refusalLines).join("\n        "),
        `Do what stands above, and look with pawl cdc plan ${cutover}.`,
      );
    case "green-in-use":
      return refused(
        unapplied(cutover),
        `Not both streams are known to be seeded, so green would be fenced until they are: no application could write there. ${stop.why}.`,
        `See that all traffic is on blue first; pawl rollback ${cutover} --reason "…" sends it there. Where nobody needs green's writes all the same: pawl cdc apply ${cutover} --accept-fenced-green`,
      );
    case "stopped":
      return outside(
        `CDC of ${cutover} stopped in ${stop.phase}, at ${stop.what}.`,
        stop.why,
        `Mend that and run pawl cdc apply ${cutover} again: it goes on from there.`,
      );
    default:
      return assertNever(stop);
  }
};

const unapplied = (cutover: string): string => `CDC of ${cutover} was not applied; nothing was changed.`;

/** A line a phase and a line a wait; statements one by one would be a hundred lines that nobody reads. */
const teller = (terminal: Terminal): ((event: CdcEvent) => void) => {
  let waitedFor = "";
  return (event) => {
    switch (event.kind) {
      case "phase":
        terminal.progress(`${event.phase}: ${event.why}`);
        return;
      case "waiting":
        if (kindOf(event.for) !== waitedFor) terminal.progress(`  waiting: ${event.for}`);
        waitedFor = kindOf(event.for);
        return;
      case "again":
        terminal.progress(`  again: ${event.what}: ${event.because}`);
        return;
      case "done":
      case "already":
        return;
    }
  };
};

/** What is waited for, whatever the positions are by now: told once, not twice a second. */
const kindOf = (waiting: string): string => waiting.replace(/[0-9A-F]+\/[0-9A-F]+|\d+/g, "");
