import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { strToU8, zipSync } from "fflate";
import { type ComputeAccount, createComputeAccount } from "../../lab/aws/compute.ts";
import type { AlarmTransition, LabContext, MetricDatum } from "../../lab/aws/contracts.ts";
import { type Gateway, startGateway } from "../../lab/aws/gateway/gateway.ts";
import { startLabClock } from "../../lab/clock.ts";
import { ProcessOwner } from "../../lab/process/process-owner.ts";

type Resources = Readonly<Record<string, object>>;

/** A real gateway and compute account in a folder of its own; only CloudWatch is a list of what was published. */
export interface LabCompute {
  readonly context: LabContext;
  readonly account: ComputeAccount;
  readonly gateway: Gateway;
  readonly published: MetricDatum[];
  readonly embedded: string[];
  readonly log: string[];
  /** Makes an alarm turn, as CloudWatch would tell it. */
  transition(transition: AlarmTransition): void;
  /** Deploys these resources, with the given files as `<name>.zip`. */
  deploy(resources: Resources, bundles?: Readonly<Record<string, string>>, template?: object): Promise<unknown>;
  stop(): Promise<void>;
}

export const startLabCompute = async (speed = 1): Promise<LabCompute> => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-lab-compute-"));
  const log: string[] = [];
  const published: MetricDatum[] = [];
  const embedded: string[] = [];
  const listeners: ((transition: AlarmTransition) => void)[] = [];
  const context: LabContext = { clock: startLabClock(speed), dir, log: (line) => log.push(line) };
  const gateway = await startGateway(context);
  const processes = new ProcessOwner(dir);
  const cloudwatch = {
    publish: (datum: MetricDatum) => void published.push(datum),
    publishEmf: (line: string) => void embedded.push(line),
    onTransition: (listener: (transition: AlarmTransition) => void) => {
      listeners.push(listener);
      return () => listeners.splice(0);
    },
    resources: { types: [], create: async () => ({ ref: "", attributes: {} }) },
  };
  const account = await createComputeAccount(context, { gateway, cloudwatch }, processes);
  return {
    context,
    account,
    gateway,
    published,
    embedded,
    log,
    transition: (transition) => {
      for (const listener of listeners) listener(transition);
    },
    deploy: (resources, bundles = {}, template = {}) => {
      const artifactDir = join(dir, "artifacts");
      mkdirSync(artifactDir, { recursive: true });
      for (const [name, code] of Object.entries(bundles))
        writeFileSync(join(artifactDir, `${name}.zip`), zipSync({ "functions/main.mjs": strToU8(code) }));
      const templatePath = join(artifactDir, "template.json");
      writeFileSync(templatePath, JSON.stringify({ Resources: resources, ...template }));
      return account.deploy({ templatePath, artifactDir, parameters: {}, stackName: "test" });
    },
    stop: async () => {
      await account.stop();
      await gateway.close();
      await processes.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

const ROLE = {
  Type: "AWS::IAM::Role",
  Properties: {
    RoleName: "worker-role",
    AssumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: ["lambda.amazonaws.com", "scheduler.amazonaws.com"] },
          Action: "sts:AssumeRole",
        },
      ],
    },
    Policies: [
      {
        PolicyName: "worker",
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: ["sqs:SendMessage", "lambda:InvokeFunction", "logs:*"], Resource: "*" },
          ],
        },
      },
    ],
  },
};

/** A function `worker` whose code is `worker.zip`, and its role. */
export const workerFunction = (properties: object = {}, others: Resources = {}): Resources => ({
  Role: ROLE,
  Worker: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: "worker",
      Handler: "functions/main.handler",
      Runtime: "nodejs24.x",
      Role: { "Fn::GetAtt": ["Role", "Arn"] },
      Code: { S3Bucket: "packages", S3Key: "some/where/worker.zip" },
      ...properties,
    },
  },
  ...others,
});

/** Waits until the condition holds. @throws {Error} it did not within 20 real seconds. */
export const eventually = async (condition: () => boolean): Promise<void> => {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never became true: ${condition.toString()}`);
    await pause(10);
  }
};
