import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTables, type Tables } from "../../../lab/aws/dynamodb/tables.ts";
import type { DoctorDocument } from "../../../src/cli/commands/doctor.ts";
import { bindings, racingClock, startAccount, type TestAccount } from "../../support/lab-account.ts";
import { runPawl } from "../../support/run-pawl.ts";

const POLICIES = join(import.meta.dirname, "../../../policies");
const UNKNOWN = `${bindings.routes[0]?.weightedRuleArn.slice(0, -4)}0000`;

let account: TestAccount;
let tables: Tables;
let dir: string;
beforeAll(async () => {
  account = await startAccount(racingClock());
  tables = await startTables();
  account.gateway.register(tables.api);
  await tables.provider.create("pawl", "AWS::DynamoDB::Table", {
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["pk", "sk"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
  });
  dir = mkdtempSync(join(tmpdir(), "pawl-doctor-"));
  cpSync(POLICIES, dir, { recursive: true });
  const file = join(dir, "orders/cutover.json");
  const [route] = bindings.routes;
  writeFileSync(file, readFileSync(file, "utf8").replace(route?.weightedRuleArn ?? "", UNKNOWN));
});
afterAll(async () => {
  await account.close();
  await tables.stop();
  rmSync(dir, { recursive: true });
});

/** The load balancer and CloudWatch answer; Kafka, Connect and both databases are ports on which nobody listens. */
const env = () => ({
  AWS_REGION: "us-east-1",
  AWS_ENDPOINT_URL: account.gateway.url,
  AWS_ACCESS_KEY_ID: account.key.accessKeyId,
  AWS_SECRET_ACCESS_KEY: account.key.secretAccessKey,
  PAWL_TABLE: "pawl",
  PAWL_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:pawl",
  PAWL_ROLLBACK_FUNCTION: "pawl-rollback",
  PAWL_KAFKA_BROKERS: "127.0.0.1:1",
  PAWL_CONNECT_URL: "http://127.0.0.1:1",
  PAWL_BLUE_URL: "postgres://pawl_guard:secret-of-blue@127.0.0.1:1/appdb",
  PAWL_GREEN_URL: "postgres://pawl_guard:secret-of-green@127.0.0.1:1/appdb",
});

const pawl = (...args: readonly string[]) => runPawl([...args, "--aws", "--policies", dir], { env: env() });

it("doctor names a rule that the load balancer does not have, and goes on past everything that is down", async () => {
  const { exitCode, out, err } = await pawl("doctor", "--policy", "policy", "--json");

  expect(err.split("\n")[0]).toBe("aws 000000000000 us-east-1");
  expect(exitCode).toBe(1);
  const { ready, findings } = JSON.parse(out) as DoctorDocument;
  expect(ready).toBe(false);
  const of = (what: string) => findings.find((finding) => finding.what.startsWith(what));
  expect(of("weighted rule")).toMatchObject({
    verdict: "refused",
    value: expect.stringContaining(`the listener has no rule ${UNKNOWN}; it has 100 9683b2d02a6cabee, 101`),
    remedy: expect.stringContaining("cutover.json"),
  });
  expect(of("policy")).toMatchObject({ verdict: "ok" });
  expect(of("alarm pawl-orders-green-5xx-ratio")).toMatchObject({ verdict: "refused", value: "does not exist" });
  expect(of("table")).toMatchObject({ verdict: "ok", value: "answers; never armed" });
  expect(of("cdc unreadable")).toMatchObject({ verdict: "unknown", value: expect.stringContaining("ECONNREFUSED") });
  expect(out + err).not.toContain("secret-of");
});

it("arm refuses with all of it at once, and changes nothing", async () => {
  const { exitCode, err } = await pawl("arm", "--policy", "policy");

  expect(exitCode).toBe(1);
  expect(err).toContain("orders was not armed; nothing was changed.");
  expect(err).toContain(UNKNOWN);
  expect(err).toContain("ECONNREFUSED");
  expect(err).not.toContain("secret-of");
  expect(account.elbv2.rules.map(({ priority }) => priority)).toEqual([100, 101, "default"]);
  expect(await pawl("status")).toMatchObject({ exitCode: 1, err: expect.stringContaining("was never armed") });
});

it("cdc check is an outside failure where the databases are down, and cdc plan needs an administrator", async () => {
  expect(await pawl("cdc", "check")).toMatchObject({ exitCode: 3, out: expect.stringContaining("ECONNREFUSED") });
  expect(await pawl("cdc", "plan")).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("These settings are missing: PAWL_BLUE_ADMIN_URL, PAWL_GREEN_ADMIN_URL."),
  });
});
