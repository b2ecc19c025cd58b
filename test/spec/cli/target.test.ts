import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readProcess } from "../../../lab/process/process-table.ts";
import { checkPlace } from "../../../src/cli/context.ts";
import { withLabFile } from "../../../src/cli/program.ts";
import { chooseTarget } from "../../../src/cli/target.ts";
import { failed } from "../../support/cli.ts";
import { ORDERS } from "../../support/fake-world.ts";

let dir: string;
let labFile: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pawl-target-"));
  labFile = join(dir, "lab.json");
});
afterEach(() => rmSync(dir, { recursive: true }));

const LAB = {
  startTicks: readProcess(process.pid)?.startTicks,
  startRealMs: 1_000,
  startLabMs: 1_000,
  speed: 12,
  gatewayUrl: "http://127.0.0.1:4566",
  region: "us-east-1",
  accountId: "000000000000",
  operator: { accessKeyId: "ASIALAB", secretAccessKey: "secret" },
  table: "pawl",
  topicArn: "arn:aws:sns:us-east-1:000000000000:pawl",
  rollbackFunction: "pawl-rollback",
  kafkaBrokers: "127.0.0.1:9092",
  connectUrl: "http://127.0.0.1:8083",
  ...{ blueUrl: "postgres://blue", greenUrl: "postgres://green" },
  ...{ blueAdminUrl: "postgres://blue", greenAdminUrl: "postgres://green" },
  ...{ cdcSourcePassword: "secret", cdcSinkPassword: "secret" },
};
const writeLab = (pid: number): void => writeFileSync(labFile, JSON.stringify({ ...LAB, pid }));

/** No process has it: pids end below. */
const NOBODY = 2 ** 30;
const AWS = {
  AWS_PROFILE: "operator",
  AWS_REGION: "eu-central-1",
  PAWL_TOPIC_ARN: "arn:aws:sns:eu-central-1:123456789012:pawl",
};

const choose = async (...of: Parameters<typeof chooseTarget>) => chooseTarget(...of);

describe("the target of a command", () => {
  it("is the lab that --lab names, with its settings laid over the environment and its faster clock", () => {
    writeLab(process.pid);
    const target = chooseTarget({ lab: labFile }, { ...AWS, AWS_SESSION_TOKEN: "of the profile", PATH: "/bin" });

    expect(target).toMatchObject({ kind: "lab", label: `lab pid ${process.pid}` });
    expect(target.env).toMatchObject({
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_ACCESS_KEY_ID: "ASIALAB",
      PAWL_TABLE: "pawl",
      PATH: "/bin",
    });
    expect(target.env["AWS_PROFILE"]).toBeUndefined();
    expect(target.env["AWS_SESSION_TOKEN"]).toBeUndefined();
    const before = Date.now();
    expect(target.now()).toBeGreaterThanOrEqual(1_000 + 12 * (before - 1_000));
  });

  it("is AWS with --aws, named by account and Region of the stack that the settings mean", () => {
    expect(chooseTarget({ aws: true }, AWS).label).toBe("aws 123456789012 eu-central-1");
    expect(chooseTarget({ aws: true }, { AWS_PROFILE: "operator", AWS_REGION: "eu-central-1" }).label).toBe(
      "aws operator eu-central-1",
    );
  });

  it("hands the very environment on to AWS, so that the SDK finds credentials in its usual ways", () => {
    expect(chooseTarget({ aws: true }, AWS).env).toBe(AWS);
  });

  it("is refused where the lab file outlived its lab, whatever else there is", async () => {
    writeLab(NOBODY);
    for (const env of [{}, AWS])
      expect(await failed(choose({ lab: labFile }, env))).toMatchObject({
        exitCode: 1,
        what: `${labFile} belongs to a lab that no longer runs (pid ${NOBODY}).`,
        next: expect.stringContaining("--aws"),
      });
  });

  it.each([0, -1, "12"])("is refused where the lab file names %j as its process", async (pid) => {
    writeFileSync(labFile, JSON.stringify({ ...LAB, pid }));
    expect(await failed(choose({ lab: labFile }, {}))).toMatchObject({ exitCode: 1 });
  });

  it("is refused where the lab's pid was given to another program since", async () => {
    writeFileSync(labFile, JSON.stringify({ ...LAB, pid: process.pid, startTicks: 1 }));
    expect(await failed(choose({ lab: labFile }, {}))).toMatchObject({
      exitCode: 1,
      what: `${labFile} belongs to a lab that no longer runs (pid ${process.pid}).`,
    });
  });

  it.each([
    ["null", null, "gatewayUrl"],
    ["a list", [], "startRealMs"],
    ["an object without its keys", { ...LAB, pid: 12, operator: undefined }, "It does not say operator.accessKeyId"],
    ["an object with a key that is no text", { ...LAB, pid: 12, operator: { accessKeyId: 1 } }, "secretAccessKey"],
    ["an object without its clock", { ...LAB, pid: 12, speed: "12" }, "It does not say speed."],
  ])("is refused where the lab file holds %s", async (_, holds, why) => {
    writeFileSync(labFile, JSON.stringify(holds));
    expect(await failed(choose({ lab: labFile }, {}))).toMatchObject({
      exitCode: 1,
      what: `${labFile} cannot be read.`,
      why: expect.stringContaining(why),
      next: "Run ./scripts/lab down, then ./scripts/lab up.",
    });
  });

  it("is refused where the lab file is no JSON, and where --lab names none", async () => {
    writeFileSync(labFile, '{"pid":');
    expect(await failed(choose({ lab: labFile }, {}))).toMatchObject({
      exitCode: 1,
      what: `${labFile} cannot be read.`,
    });
    expect(await failed(choose({ lab: join(dir, "none.json") }, {}))).toMatchObject({ exitCode: 1 });
  });

  it("is misused with both flags, and with --aws but no Region", async () => {
    expect(await failed(choose({ lab: labFile, aws: true }, AWS))).toMatchObject({ exitCode: 2 });
    expect(await failed(choose({ aws: true }, { AWS_PROFILE: "operator" }))).toMatchObject({ exitCode: 2 });
  });

  it("must be where the cutover is: another account or Region is refused before anything is read", async () => {
    const target = chooseTarget({ aws: true }, AWS);
    expect(await failed((async () => checkPlace(ORDERS, target))())).toMatchObject({
      exitCode: 1,
      what: "The cutover orders is in account 000000000000, us-east-1; this command acts on aws 123456789012 eu-central-1.",
    });
  });

  it("a bare --lab does not take the cutover's name for a file", () => {
    expect(withLabFile(["status", "--lab", "orders"])).toEqual(["status", "--lab=.pawl/lab.json", "orders"]);
    expect(withLabFile(["status", "--lab", "x/lab.json"])).toEqual(["status", "--lab", "x/lab.json"]);
    expect(withLabFile(["status", "--lab"])).toEqual(["status", "--lab=.pawl/lab.json"]);
  });
});
