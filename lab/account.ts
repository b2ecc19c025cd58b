import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { CutoverBindings } from "../src/signals/bindings.ts";
import { type ComputeAccount, createComputeAccount } from "./aws/compute.ts";
import type { LabContext } from "./aws/contracts.ts";
import { createEdgeAccount, type EdgeAccount } from "./aws/edge-account.ts";
import type { IssuedKey } from "./aws/gateway/callers.ts";
import type { PackagedGuard } from "./package-once.ts";
import type { ProcessOwner } from "./process/process-owner.ts";
import type { Fleet } from "./shop/fleet.ts";
import type { Side } from "./shop/order.ts";

const BINDINGS_FILE = join(import.meta.dirname, "../policies/orders/cutover.json");
const HEALTHY_WITHIN_MS = 15_000;

/** The bindings that the lab's load balancer, streams and databases are made from. */
export const labBindings = (): CutoverBindings => JSON.parse(readFileSync(BINDINGS_FILE, "utf8")) as CutoverBindings;

/** The lab's AWS account, before anything of pawl is deployed into it. */
export interface LabAccount {
  readonly edge: EdgeAccount;
  readonly compute: ComputeAccount;
  /** The operator's key: what `pawl` signs with. */
  readonly operator: IssuedKey;
  stop(): Promise<void>;
}

/** What functions tried and their roles did not let them do, in AWS's own sentences; there should be nothing. */
export const deniedCalls = ({ compute }: LabAccount): readonly string[] =>
  compute.roles.denials().map(({ message }) => message);

/** Starts the account around both fleets; returns when the load balancer finds every host healthy. */
export const startAccount = async (
  context: LabContext,
  owner: ProcessOwner,
  bindings: CutoverBindings,
  fleets: Readonly<Record<Side, Fleet>>,
): Promise<LabAccount> => {
  const targets = (side: Side) => fleets[side].hosts.map(({ port }) => ({ id: "127.0.0.1", port }));
  const edge = await createEdgeAccount(context, {
    bindings,
    targets: { blue: targets("blue"), green: targets("green") },
  });
  const compute = await createComputeAccount(context, edge, owner);
  const stop = async (): Promise<void> => {
    await compute.stop();
    await edge.close();
  };
  try {
    await untilHealthy(edge);
    return { edge, compute, operator: edge.gateway.issueKey("operator"), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Not sooner: an alarm on hosts that was made before there were any would fire at once, as it does on AWS. */
const untilHealthy = async ({ elbv2 }: EdgeAccount): Promise<void> => {
  const giveUpAt = Date.now() + HEALTHY_WITHIN_MS;
  const ill = () => elbv2.targetGroups.flatMap(({ targets }) => targets.filter(({ state }) => state !== "healthy"));
  while (ill().length > 0) {
    if (Date.now() > giveUpAt)
      throw new Error(
        `after ${HEALTHY_WITHIN_MS / 1_000} s these hosts are still not healthy: ${ill()
          .map(({ port, reason }) => `${port} ${reason}`)
          .join(", ")}`,
      );
    await pause(50);
  }
};

/** Addresses and secrets that the template takes as parameters. */
export interface GuardAddresses {
  readonly kafkaBrokers: string;
  readonly connectUrl: string;
  readonly blueUrl: string;
  readonly greenUrl: string;
}

/** What the deployed stack answers with. */
export interface DeployedGuard {
  readonly table: string;
  readonly topicArn: string;
  readonly rollbackFunction: string;
}

/** Deploys pawl from the generated template and the packaged bundles, as CloudFormation would. */
export const deployGuard = async (
  { compute }: LabAccount,
  packaged: PackagedGuard,
  addresses: GuardAddresses,
): Promise<DeployedGuard> => {
  const { outputs } = await compute.deploy({
    ...packaged,
    stackName: "pawl",
    parameters: {
      KafkaBrokers: addresses.kafkaBrokers,
      ConnectUrl: addresses.connectUrl,
      BlueUrl: addresses.blueUrl,
      GreenUrl: addresses.greenUrl,
    },
  });
  const output = (name: string): string => {
    const value = outputs[name];
    if (value === undefined) throw new Error(`the template has no output ${name}`);
    return value;
  };
  return {
    table: output("TableName"),
    topicArn: output("TopicArn"),
    rollbackFunction: output("RollbackFunction"),
  };
};
