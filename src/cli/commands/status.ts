import type { CutoverState } from "../../decision/state.ts";
import { readRoutes } from "../../guard/look.ts";
import type { GuardPorts } from "../../guard/ports.ts";
import { actUnderWay } from "../act-under-way.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { outside } from "../exit.ts";
import { isOwnLack, nextAfter } from "../failures.ts";
import { neverArmed, stateGone } from "../ledger-records.ts";
import { PATIENCE_MS } from "../limits.ts";
import { statusLines } from "../status-lines.ts";
import { type Effective, type StatusReport, statusReport } from "../status-report.ts";

export type StatusPorts = Pick<GuardPorts, "clock" | "state" | "ledger" | "journal" | "policies" | "rules">;

/**
 * Where a cutover stands, in one screen: what is recorded, what the load balancer really does, what blocks, the way back.
 * @throws {CommandFailure} it was never armed; its state is gone or cannot be read (what the rules show is told even so).
 */
export const statusCommand = async (context: CliContext<StatusPorts>): Promise<CommandResult<StatusReport>> => {
  const { ports, bindings } = context;
  const [read, effective] = await Promise.all([ports.state.read(bindings.name, PATIENCE_MS), effectiveOf(context)]);
  if (!read.ok)
    throw outside(
      `The state of ${bindings.name} cannot be read; ${sayEffective(effective)}.`,
      read.failure.message,
      isOwnLack(read.failure)
        ? `${nextAfter(read.failure)} Whether pawl itself can read its table this does not say. pawl rollback does not need it.`
        : "Nothing advances while pawl cannot read its table. pawl rollback does not need it.",
    );
  if (read.value === null) {
    const also = `; ${sayEffective(effective)}`;
    throw (await stateGone(ports, bindings.name, also)) ?? neverArmed(bindings.name, also);
  }
  const policy = await policyOf(ports, read.value);
  const now = ports.clock.now();
  const act = await actUnderWay(ports, read.value);
  const report = { ...statusReport(read.value, policy, effective, now), ...(act === null ? {} : { act }) };
  return done(report, statusLines(report, effective, read.value, now));
};

const policyOf = async ({ policies }: StatusPorts, state: CutoverState) => {
  const read = await policies.read(state.policyDigest, PATIENCE_MS);
  return read.ok ? read.value : null;
};

/** What the listener's rules do now; of several routes the one with most on green. */
export const effectiveOf = async ({
  ports,
  bindings,
}: Pick<CliContext<Pick<GuardPorts, "clock" | "rules">>, "ports" | "bindings">): Promise<Effective> => {
  const { sights, reading } = await readRoutes(ports, bindings);
  const { greenPercent, detail } = reading({ greenPercent: 0, pin: ["parked", "raised", "gone", "none"] });
  if (greenPercent === null) return { known: false, reason: detail };
  const pinRaised = sights.every((sight) => sight.kind === "seen" && sight.observed.pin === "raised");
  return { known: true, greenPercent, pinRaised };
};

const sayEffective = (effective: Effective): string =>
  effective.known
    ? `its rules send ${effective.greenPercent} % to green${effective.pinRaised ? ", the pin is raised" : ""}`
    : `its rules cannot be read either: ${effective.reason}`;
