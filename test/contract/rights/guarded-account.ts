import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { createCloudWatch } from "../../../lab/aws/cloudwatch/cloudwatch.ts";
import { type ComputeAccount, createComputeAccount } from "../../../lab/aws/compute.ts";
import { type AwsService, LAB_REGION } from "../../../lab/aws/contracts.ts";
import { elbv2Service } from "../../../lab/aws/elbv2/elbv2.ts";
import type { LoadBalancer } from "../../../lab/aws/elbv2/load-balancer.ts";
import { createOrdersLoadBalancer } from "../../../lab/aws/elbv2/orders-load-balancer.ts";
import type { IssuedKey } from "../../../lab/aws/gateway/callers.ts";
import { type Gateway, startGateway } from "../../../lab/aws/gateway/gateway.ts";
import type { LabClock } from "../../../lab/clock.ts";
import { packageOnce } from "../../../lab/package-once.ts";
import { ProcessOwner } from "../../../lab/process/process-owner.ts";
import type { Env } from "../../../src/wiring-settings.ts";
import { ORDERS } from "../../support/fake-world.ts";
import { racingClock } from "../../support/lab-account.ts";
import type { VirtualClock } from "../../support/virtual-clock.ts";

export const FUNCTIONS = ["tick", "observe", "promote", "rollback", "decommission"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** An asynchronous invocation that Lambda accepted. */
export interface Accepted {
  readonly name: string;
  readonly payload: unknown;
}

/** The account as the generated template makes it, with every function's own role, settings and key. */
export interface GuardedAccount {
  readonly compute: ComputeAccount;
  readonly gateway: Gateway;
  readonly balancer: LoadBalancer;
  /** What functions have asked Lambda to run. It is not run: the test runs it, in the role it belongs to. */
  readonly accepted: Accepted[];
  /** The settings that a function's process finds, its key included. */
  env(name: FunctionName): Env;
  operator: Env;
  stop(): Promise<void>;
}

/** Code in the place of the bundles: what Lambda itself does in a role's name is looked at with it. */
const STAND_IN = "export const handler = async (event) => { if (event.fail) throw new Error('told to'); };";

const address = "http://127.0.0.1:1";
const PARAMETERS = {
  KafkaBrokers: "127.0.0.1:1",
  ConnectUrl: address,
  BlueUrl: "postgres://pawl_guard@127.0.0.1:1/appdb",
  GreenUrl: "postgres://pawl_guard@127.0.0.1:1/appdb",
  SubnetIds: "subnet-1,subnet-2",
  SecurityGroupIds: "sg-1",
};

const labClockOf = (clock: VirtualClock): LabClock => ({
  startRealMs: 0,
  startLabMs: 0,
  speed: 1,
  now: () => clock.now(),
  realMsUntil: (at) => Math.max(0, at - clock.now()),
  toReal: (at) => at,
});

const hosts = (first: number) => Array.from({ length: 4 }, (_, index) => ({ id: "127.0.0.1", port: first + index }));

export const startGuardedAccount = async (clock: VirtualClock): Promise<GuardedAccount> => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-rights-"));
  const owner = new ProcessOwner(dir);
  const { templatePath } = await packageOnce(owner);
  const context = { clock: labClockOf(clock), dir, log: () => {} };
  const gateway = await startGateway(context);
  const balancer = createOrdersLoadBalancer(context.clock, ORDERS, { blue: hosts(7001), green: hosts(8001) });
  const cloudwatch = createCloudWatch(context, { evaluateByItself: false });
  gateway.register(elbv2Service(balancer, () => 0));
  gateway.register(cloudwatch.service);
  const keys = new Map<string, IssuedKey>();
  const accepted: Accepted[] = [];
  const edge: Parameters<typeof createComputeAccount>[1] = {
    cloudwatch,
    gateway: {
      url: gateway.url,
      register: (api) => gateway.register(api.service === "lambda" ? acceptingOnly(api, accepted) : api),
      issueKey: (name, refusal) => {
        const key = gateway.issueKey(name, refusal);
        keys.set(name, key);
        return key;
      },
    },
  };
  const compute = await createComputeAccount({ ...context, clock: racingClock() }, edge, owner);
  await compute.deploy({ templatePath, artifactDir: standIns(dir), parameters: PARAMETERS, stackName: "pawl" });
  const signedBy = ({ accessKeyId, secretAccessKey }: IssuedKey): Env => ({
    AWS_REGION: LAB_REGION,
    AWS_ENDPOINT_URL: gateway.url,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  const env = (name: FunctionName): Env => {
    // A role without a name of its own goes by what the template calls it.
    const key = keys.get(`${name.charAt(0).toUpperCase()}${name.slice(1)}Role`);
    const deployed = compute.lambda.find(`pawl-${name}`);
    if (key === undefined || deployed === undefined) throw new Error(`${name} is not deployed`);
    return { ...deployed.config.environment, ...signedBy(key) };
  };
  return {
    ...{ compute, gateway, balancer, accepted, env },
    operator: { ...env("promote"), ...signedBy(gateway.issueKey("operator")) },
    stop: async () => {
      await compute.stop();
      cloudwatch.stop();
      await gateway.close();
      await owner.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** Lambda's API, which takes what it is asked and runs nothing. */
const acceptingOnly = (api: AwsService, accepted: Accepted[]): AwsService => ({
  ...api,
  handle: async (call) => {
    const name = /functions\/([^/]+)\/invocations/.exec(call.path)?.[1] ?? "";
    accepted.push({ name: decodeURIComponent(name), payload: JSON.parse(call.body.toString("utf8")) });
    return { status: 202, headers: {}, body: "" };
  },
});

const standIns = (dir: string): string => {
  const artifactDir = join(dir, "artifacts");
  mkdirSync(artifactDir);
  for (const name of FUNCTIONS)
    writeFileSync(join(artifactDir, `${name}.zip`), zipSync({ [`functions/${name}.mjs`]: strToU8(STAND_IN) }));
  return artifactDir;
};
