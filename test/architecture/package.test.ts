import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCutovers } from "../../scripts/template/read-cutovers.ts";
import { INTENT_LIFE_MS, ROLLBACK_LIFE_MS, ROLLBACK_TIMEOUT_MS } from "../../src/decision/bounds.ts";
import type { CutoverBindings } from "../../src/signals/bindings.ts";
import { signalAt } from "../../src/signals/catalogue.ts";
import { copyOfTheRepository, type Run, type Workspace } from "./packaged.ts";

const FUNCTIONS = ["tick", "observe", "promote", "rollback", "decommission"];
/** What must outlast something unscaled does so fifteen times over, because a lab's clock may run that fast. */
const COVER = 15;

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is read here as freely as CloudFormation reads it
  readonly Properties: any;
}
interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

let workspace: Workspace;
let packaging: Run;
let template: { readonly Resources: Readonly<Record<string, Resource>>; readonly Parameters: Record<string, object> };

beforeAll(() => {
  workspace = copyOfTheRepository();
  packaging = workspace.package();
  if (packaging.status !== 0) throw new Error(packaging.output);
  template = JSON.parse(workspace.read("cloudformation-template-update-stack.json").toString());
}, 180_000);
afterAll(() => workspace.remove());

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const resource = (id: string, of = template): Resource => {
  const found = of.Resources[id];
  if (found === undefined) throw new Error(`the template has no ${id}`);
  return found;
};
const ofType = (type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
const [orders] = readCutovers(join(import.meta.dirname, "../..")) as readonly [CutoverBindings];

type Stated = Statement | { readonly "Fn::If": readonly [string, Statement, object] };
/** Those of a deployment into a network too: it has all that any has. */
const statementsOf = (role: string, of = template): readonly Statement[] =>
  resource(role, of)
    .Properties.Policies.flatMap(
      (policy: { PolicyDocument: { Statement: Stated[] } }) => policy.PolicyDocument.Statement,
    )
    .map((stated: Stated) => ("Fn::If" in stated ? stated["Fn::If"][1] : stated));
const allowing = (role: string, action: string): readonly Statement[] =>
  statementsOf(role).filter(({ Effect, Action }) => Effect === "Allow" && [Action].flat().includes(action));
const leadingKeys = (role: string, action: string): readonly string[] =>
  allowing(role, action).flatMap(({ Condition = {} }) => {
    const keys = Object.values(Condition).flatMap((of) => of["dynamodb:LeadingKeys"] ?? []);
    return keys.length === 0 ? ["*"] : keys;
  });

describe("the bundles", () => {
  const settings = {
    AWS_REGION: "us-east-1",
    PAWL_TABLE: "pawl",
    PAWL_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:pawl",
    PAWL_ROLLBACK_FUNCTION: "pawl-rollback",
    PAWL_OBSERVE_FUNCTION: "pawl-observe",
    PAWL_PROMOTE_FUNCTION: "pawl-promote",
    PAWL_DECOMMISSION_FUNCTION: "pawl-decommission",
    PAWL_KAFKA_BROKERS: "127.0.0.1:9092",
    PAWL_CONNECT_URL: "http://127.0.0.1:8083",
    PAWL_BLUE_URL: "postgres://pawl_guard@127.0.0.1:5432/appdb",
    PAWL_GREEN_URL: "postgres://pawl_guard@127.0.0.1:5433/appdb",
  };

  test.each(FUNCTIONS)("%s loads under Node 24, as its handler is named in the template", (name) => {
    const { Handler, Runtime, Environment } = resource(`${capitalised(name)}LambdaFunction`).Properties;
    expect(Runtime).toBe("nodejs24.x");
    const given = Object.keys(Environment.Variables);
    const own = Object.fromEntries(
      Object.entries(settings).filter(([setting]) => setting === "AWS_REGION" || given.includes(setting)),
    );
    expect(workspace.load(name, Handler, own)).toEqual({
      status: 0,
      output: expect.stringMatching(/^v24\.\S+ function [0-2]\n$/),
    });
  });

  test.each(FUNCTIONS.filter((name) => name !== "rollback"))(
    "%s refuses to load without its settings, and names them",
    (name) => {
      const { Handler } = resource(`${capitalised(name)}LambdaFunction`).Properties;
      const { status, output } = workspace.load(name, Handler, {});
      expect(status).not.toBe(0);
      expect(output).toMatch(/These settings are missing: .*PAWL_TABLE/);
    },
  );

  test("rollback loads without any: it goes back by what it carries, and complains afterwards", () => {
    const { Handler } = resource("RollbackLambdaFunction").Properties;
    expect(workspace.load("rollback", Handler, {}).status).toBe(0);
  });

  test("carry the bindings, and rollback carries no database and no Kafka", () => {
    const rollback = workspace.read("rollback.zip").length;
    expect(rollback).toBeLessThan(workspace.read("promote.zip").length);
    expect(rollback).toBeLessThan(workspace.read("observe.zip").length);
    const folder = join(workspace.dir, "../rollback/functions");
    const pieces = readdirSync(folder);
    expect(pieces.filter((name) => !/^rollback\.(\w+\.)?mjs$/.test(name))).toEqual([]);
    expect(readFileSync(join(folder, "rollback.mjs"), "utf8")).toContain(orders.routes[0]?.pin?.ruleArn);
    for (const name of pieces) expect(readFileSync(join(folder, name), "utf8")).not.toContain("KafkaJS");
  });
});

describe("what rollback loads before its write", () => {
  /** The bundle and every piece that it imports by a statement; the others wait on disk. */
  const loadedAtOnce = (file: string, seen = new Map<string, string>()): Map<string, string> => {
    if (seen.has(file)) return seen;
    const text = readFileSync(file, "utf8");
    seen.set(file, text);
    for (const [, piece = ""] of text.matchAll(/(?:from|import)\s*"(\.\/[^"]+)"/g))
      loadedAtOnce(join(dirname(file), piece), seen);
    return seen;
  };
  const folder = () => join(workspace.dir, "../rollback/functions");
  const everything = (): string =>
    readdirSync(folder())
      .map((name) => readFileSync(join(folder(), name), "utf8"))
      .join();

  test.each(["DynamoDBClient", "ElasticLoadBalancingV2Client"])("has %s in it", (needed) => {
    expect([...loadedAtOnce(join(folder(), "rollback.mjs")).values()].join()).toContain(needed);
  });

  test.each(["CloudWatchClient", "SNSClient", "POWERTOOLS_SERVICE_NAME", "SSOClient"])(
    "has no %s, which is in the package all the same",
    (later) => {
      expect([...loadedAtOnce(join(folder(), "rollback.mjs")).values()].join()).not.toContain(later);
      expect(everything()).toContain(later);
    },
  );

  test("has nothing of what policies and signals mean: a module of which nothing is used stays out", () => {
    const meaning = signalAt("forward.lagRecords")?.meaning ?? "";
    expect(meaning).not.toBe("");
    expect(everything()).not.toContain(meaning);
  });
});

describe("the roles", () => {
  test("belong to one function each, and no role may do everything with anything", () => {
    const roles = FUNCTIONS.map((name) => resource(`${capitalised(name)}LambdaFunction`).Properties.Role);
    expect(roles).toEqual(FUNCTIONS.map((name) => ({ "Fn::Sub": `\${${capitalised(name)}Role.Arn}` })));
    const actions = FUNCTIONS.flatMap((name) =>
      statementsOf(`${capitalised(name)}Role`).flatMap((statement) => statement.Action),
    );
    expect(actions.filter((action) => action.includes("*") || action === "dynamodb:Scan")).toEqual([]);
    const touched = FUNCTIONS.flatMap((name) =>
      statementsOf(`${capitalised(name)}Role`)
        .filter(({ Action }) => [Action].flat().some((action) => action.startsWith("dynamodb:")))
        .map(({ Condition }) => Condition),
    );
    expect(touched.filter((condition) => condition === undefined)).toEqual([]);
  });

  test("let tick write nothing, and each function log into its own group alone", () => {
    for (const action of ["PutItem", "UpdateItem", "DeleteItem"])
      expect(allowing("TickRole", `dynamodb:${action}`)).toEqual([]);
    for (const name of FUNCTIONS)
      expect(JSON.stringify(allowing(`${capitalised(name)}Role`, "logs:PutLogEvents"))).toContain(
        `log-group:/aws/lambda/pawl-${name}:*`,
      );
  });

  test("give rights on a network to those two that join one, only where they do, and never to their code", () => {
    const joining = FUNCTIONS.filter(
      (name) => allowing(`${capitalised(name)}Role`, "ec2:CreateNetworkInterface").length > 0,
    );
    expect(joining).toEqual(["observe", "decommission"]);
    for (const name of joining) {
      const role = `${capitalised(name)}Role`;
      const denied = statementsOf(role).find(({ Effect }) => Effect === "Deny");
      expect(denied?.Action).toEqual(allowing(role, "ec2:CreateNetworkInterface")[0]?.Action);
      expect(Object.keys(denied?.Condition?.["ArnLike"] ?? {})).toEqual(["lambda:SourceFunctionArn"]);
      expect(
        resource(role).Properties.Policies[0].PolicyDocument.Statement.filter(
          (stated: Stated) => "Fn::If" in stated && stated["Fn::If"][0] === "InVpc",
        ),
      ).toHaveLength(2);
    }
  });

  test("let promote change the weighted rules, and the pin never", () => {
    const weighted = orders.routes.map((route) => route.weightedRuleArn);
    expect(allowing("PromoteRole", "elasticloadbalancing:ModifyRule").map((one) => one.Resource)).toEqual([weighted]);
    for (const action of ["SetRulePriorities", "DeleteRule", "CreateRule", "ModifyListener"])
      expect(allowing("PromoteRole", `elasticloadbalancing:${action}`)).toEqual([]);
  });

  test("let rollback alone move the pin, and decommission alone delete it", () => {
    const pins = orders.routes.map((route) => route.pin?.ruleArn);
    const may = (action: string) =>
      FUNCTIONS.filter((name) => allowing(`${capitalised(name)}Role`, `elasticloadbalancing:${action}`).length > 0);
    expect(may("SetRulePriorities")).toEqual(["rollback"]);
    expect(may("DeleteRule")).toEqual(["decommission"]);
    expect(allowing("RollbackRole", "elasticloadbalancing:SetRulePriorities")[0]?.Resource).toEqual(pins);
    expect(allowing("DecommissionRole", "elasticloadbalancing:DeleteRule")[0]?.Resource).toEqual(pins);
  });

  test("let observe write what it observed and nothing else", () => {
    expect(leadingKeys("ObserveRole", "dynamodb:PutItem")).toEqual(["observed#*"]);
    for (const action of ["UpdateItem", "DeleteItem", "BatchWriteItem"])
      expect(allowing("ObserveRole", `dynamodb:${action}`)).toEqual([]);
  });

  test("let nobody but observe write observations, and nobody delete or change the ledger's past", () => {
    for (const name of FUNCTIONS.filter((other) => other !== "observe"))
      expect(leadingKeys(`${capitalised(name)}Role`, "dynamodb:PutItem")).not.toContain("observed#*");
    const deletable = FUNCTIONS.flatMap((name) => leadingKeys(`${capitalised(name)}Role`, "dynamodb:DeleteItem"));
    expect([...new Set(deletable)]).toEqual(["active"]);
  });
});

describe("time", () => {
  test("is cut off before anybody else relies on it being over", () => {
    const timeoutMs = (name: string) => resource(`${capitalised(name)}LambdaFunction`).Properties.Timeout * 1000;
    expect(timeoutMs("promote") * COVER).toBeLessThanOrEqual(INTENT_LIFE_MS);
    expect(timeoutMs("rollback")).toBe(ROLLBACK_TIMEOUT_MS);
    expect(timeoutMs("rollback") * COVER).toBeLessThanOrEqual(ROLLBACK_LIFE_MS);
    expect(timeoutMs("observe")).toBeLessThan(60_000);
  });

  test.each(["tick", "observe", "promote", "decommission"])("makes a late or failed %s worthless", (name) => {
    expect(resource(`${capitalised(name)}LambdaEvConf`).Properties).toMatchObject({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  test("does not: a rollback is tried again for hours, and what fails for good is kept", () => {
    expect(resource("RollbackLambdaEvConf").Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": ["FailedQueue", "Arn"] } } },
    });
    expect(allowing("RollbackRole", "sqs:SendMessage")).toHaveLength(1);
  });

  test("comes from the schedule once a minute, and is never made up for", () => {
    expect(resource("TickSchedule").Properties).toMatchObject({
      ScheduleExpression: "cron(* * * * ? *)",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
    });
  });
});

describe("the alarms", () => {
  const rollbackArn = { "Fn::GetAtt": ["RollbackLambdaFunction", "Arn"] };
  const nameOf = (arn: string) => arn.split(":alarm:")[1];

  test("of a cutover call rollback, may do so, and are on its EventBridge rule too", () => {
    const calling = ofType("AWS::CloudWatch::Alarm").filter(
      ([, { Properties }]) => JSON.stringify(Properties.AlarmActions) === JSON.stringify([rollbackArn]),
    );
    const listed = orders.alarms.map((alarm) => alarm.arn);
    expect(calling.map(([, { Properties }]) => Properties.AlarmName).sort()).toEqual(listed.map(nameOf).sort());
    const permitted = ofType("AWS::Lambda::Permission")
      .filter(([, { Properties }]) => Properties.Principal === "lambda.alarms.cloudwatch.amazonaws.com")
      .map(([, { Properties }]) => Properties.SourceArn);
    expect(permitted).toEqual(["arn:aws:cloudwatch:us-east-1:000000000000:alarm:pawl-orders-*"]);
    expect(listed.every((arn) => nameOf(arn)?.startsWith("pawl-orders-"))).toBe(true);
    const [[ruleId, rule] = ["", undefined]] = ofType("AWS::Events::Rule");
    expect(rule?.Properties).toMatchObject({
      EventPattern: {
        "detail-type": ["CloudWatch Alarm State Change"],
        resources: listed,
        detail: { state: { value: ["ALARM"] } },
      },
      Targets: [{ Arn: rollbackArn, DeadLetterConfig: { Arn: { "Fn::GetAtt": ["FailedQueue", "Arn"] } } }],
    });
    expect(ofType("AWS::SQS::QueuePolicy")).toHaveLength(1);
    expect(resource(`${ruleId}Permission`).Properties).toMatchObject({ Principal: "events.amazonaws.com" });
  });

  test("are OK without traffic, but for hosts and for the guard's own heartbeat", () => {
    const breaching = ofType("AWS::CloudWatch::Alarm")
      .filter(([, { Properties }]) => Properties.TreatMissingData !== "notBreaching")
      .map(([, { Properties }]) => [Properties.AlarmName, Properties.TreatMissingData]);
    expect(breaching.sort()).toEqual([
      ["pawl-orders-green-healthy-hosts", "breaching"],
      ["pawl-stalest-cutover", "breaching"],
    ]);
  });

  test("of every function's errors and throttles tell somebody", () => {
    for (const name of FUNCTIONS)
      for (const metric of ["Errors", "Throttles"])
        expect(resource(`${capitalised(name)}${metric}Alarm`).Properties).toMatchObject({
          MetricName: metric,
          AlarmActions: [{ Ref: "Topic" }],
        });
  });
});

describe("what must not get lost or seen", () => {
  test("the table can be restored, outlives the stack, and is deleted by nobody's mistake", () => {
    expect(resource("Table")).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
    });
  });

  test("a stack that is made again can take the table over: its name is written out, and deleting the stack keeps it", () => {
    expect(resource("Table")).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: { TableName: expect.any(String) },
    });
    expect(template.Parameters).not.toHaveProperty("TableName");
  });

  test("addresses that hold passwords are not echoed, and stand in no template", () => {
    for (const name of ["BlueUrl", "GreenUrl"]) expect(template.Parameters[name]).toMatchObject({ NoEcho: true });
    expect(JSON.stringify(template)).not.toMatch(/postgres(ql)?:\/\/\w/);
  });
});

test("the runbook deploys what packaging makes: every bundle where the template looks for it, every parameter by its name", () => {
  const runbook = readFileSync(join(import.meta.dirname, "../../docs/runbook.md"), "utf8");
  const [, commands = ""] = /^## Deploying the stack\n[\s\S]*?^```\n([\s\S]*?)^```/m.exec(runbook) ?? [];
  for (const [, file = ""] of commands.matchAll(/\.serverless\/([\w.-]+\.json)/g))
    expect(workspace.read(file)).toBeDefined();
  const state = JSON.parse(workspace.read("serverless-state.json").toString());
  const keys = ofType("AWS::Lambda::Function").map(([, { Properties }]) => Properties.Code);
  const bundles = FUNCTIONS.map((name) => `${state.package.artifactDirectoryName}/${name}.zip`);
  expect(keys.map(({ S3Key }) => S3Key).toSorted()).toEqual(bundles.toSorted());
  expect(keys.map(({ S3Bucket }) => S3Bucket)).toEqual(FUNCTIONS.map(() => ({ Ref: "ServerlessDeploymentBucket" })));
  for (const file of ["cloudformation-template-create-stack.json", "cloudformation-template-update-stack.json"])
    expect(JSON.parse(workspace.read(file).toString()).Outputs).toHaveProperty("ServerlessDeploymentBucketName");
  const given = [...commands.matchAll(/ (\w+)=…/g)].map(([, name]) => name);
  expect(given.toSorted()).toEqual(Object.keys(template.Parameters).toSorted());
});

test("packaging refuses bindings that disagree with the template, and says what to do", () => {
  const file = join(workspace.dir, "policies/orders/cutover.json");
  const kept = readFileSync(file, "utf8");
  const alarms = orders.alarms.filter((alarm) => !alarm.arn.endsWith("green-p99"));
  writeFileSync(file, JSON.stringify({ ...orders, alarms }));
  const { status, output } = workspace.package();
  writeFileSync(file, kept);
  expect(status).toBe(1);
  expect(output).toMatch(
    /policies\/orders\/cutover\.json lacks the alarm .*pawl-orders-green-p99 .*add it to "alarms"/,
  );
});

test("where a listener cannot carry a pin, its default action may be written, and no right about pins is left", () => {
  const file = join(workspace.dir, "policies/orders/cutover.json");
  const kept = readFileSync(file, "utf8");
  const listeners = orders.routes.map(({ listenerArn }) => listenerArn);
  const routes = orders.routes.map(({ pin: _pin, weightedRuleArn: _rule, ...route }) => route);
  writeFileSync(file, JSON.stringify({ ...orders, routes }));
  const { status, output } = workspace.package();
  writeFileSync(file, kept);
  expect([status, output]).toEqual([0, expect.any(String)]);
  const plain = JSON.parse(workspace.read("cloudformation-template-update-stack.json").toString());
  const changes = (role: string) =>
    statementsOf(role, plain)
      .filter(({ Action }) => [Action].flat().some((action) => /^elasticloadbalancing:(?!Describe)/.test(action)))
      .map(({ Action, Resource }) => ({ Action, Resource }));
  const ofDefault = { Action: "elasticloadbalancing:ModifyListener", Resource: listeners };
  for (const role of ["PromoteRole", "RollbackRole", "DecommissionRole"]) expect(changes(role)).toEqual([ofDefault]);
}, 180_000);
