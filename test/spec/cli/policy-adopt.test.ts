import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { explainCommand } from "../../../src/cli/commands/explain.ts";
import { type AdoptRequest, policyAdoptCommand } from "../../../src/cli/commands/policy-adopt.ts";
import { policyPublishCommand } from "../../../src/cli/commands/policy-publish.ts";
import type { Policy } from "../../../src/policy/policy-file.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { DRILL, fakeWorld } from "../../support/fake-world.ts";
import { runPawl } from "../../support/run-pawl.ts";

const folder = mkdtempSync(join(tmpdir(), "pawl-adopt-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, policy: object): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(policy));
  return path;
};

const OTHER: Policy = { ...DRILL, name: "orders-other" };
const OTHER_FILE = file("other.json", OTHER);

const at = async () => {
  const world = fakeWorld();
  await world.arm();
  const desk = deskBefore(world);
  const publish = (policy: Policy = OTHER) => policyPublishCommand(desk.context.ports, OTHER_FILE, policy);
  const adopt = (policy: string, changes: Partial<AdoptRequest> = {}) =>
    policyAdoptCommand(desk.context, { policy, reason: "wrong limit", restartStep: false, ...changes });
  return { world, desk, publish, adopt };
};

describe("pawl policy publish", () => {
  it("stores a policy by its digest, prints it first, and may be repeated", async () => {
    const { world, publish } = await at();

    const { document, lines, exitCode } = await publish();

    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ policy: "orders-other", already: false });
    expect(lines[0]).toBe(document.policyDigest);
    expect(world.policies.all.get(document.policyDigest)).toEqual(OTHER);
    expect((await publish()).document).toEqual({ ...document, already: true });
  });

  it("changes nothing by the order of keys, and is an outside failure where the table does not answer", async () => {
    const { world, publish } = await at();
    const reversed = Object.fromEntries(Object.entries(OTHER).reverse()) as unknown as Policy;
    expect((await publish(reversed)).document.policyDigest).toBe((await publish()).document.policyDigest);
    world.outage.table = true;
    expect(await failed(publish())).toMatchObject({ exitCode: 3 });
  });

  it("says its target first, and refuses what lint refuses before anything is written", async () => {
    const env = { AWS_REGION: "eu-central-1", PAWL_TABLE: "pawl" };
    const bad = file("bad.json", { ...OTHER, drill: false });
    const { exitCode, err } = await runPawl(["policy", "publish", bad, "--aws"], { env });
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^aws .*eu-central-1\n/);
    expect(err).toContain("/soak/duration");
  });
});

describe("pawl policy adopt", () => {
  it("asks by file or by digest, and says which tick takes it and from when on it judges", async () => {
    const { world, publish, adopt } = await at();
    const { policyDigest } = (await publish()).document;

    const { document, lines } = await adopt(OTHER_FILE);

    expect(document).toMatchObject({ policyDigest, by: "olga@desk", reason: "wrong limit", takeover: "next-tick" });
    expect(lines[0]).toMatch(/^adopt: asked; the tick of 2026-.* takes it, in .+\.$/);
    await world.minute();
    expect(world.state().policyDigest).toBe(policyDigest);
    expect(await failed(adopt(policyDigest))).toMatchObject({ exitCode: 1, why: "it is in force already." });
  });

  it("drops what waits where it is given the policy in force, by the digest that explain prints", async () => {
    const { world, desk, publish, adopt } = await at();
    await publish();
    await world.until("10 %", () => world.state().weightPercent === 10);
    await adopt(OTHER_FILE);
    await world.minute();
    const { lines } = await explainCommand(desk.context);
    const [, inForce = ""] = /policy (\S+), engine/.exec(lines.join("\n")) ?? [];

    const { document } = await adopt(inForce);

    expect(document.takeover).toBe("withdrawn");
  });

  it("refuses what is not published, and what is no file and no digest", async () => {
    const { adopt } = await at();
    expect(await failed(adopt(OTHER_FILE))).toMatchObject({
      exitCode: 1,
      what: `${OTHER_FILE} is not published.`,
      next: expect.stringContaining(`pawl policy publish ${OTHER_FILE}`),
    });
    expect(await failed(adopt("f".repeat(64)))).toMatchObject({ exitCode: 1 });
    expect(await failed(adopt("abc123"))).toMatchObject({ exitCode: 2 });
  });

  it("lints what was published once again, for this cutover", async () => {
    const { publish, adopt } = await at();
    const hosts = { ...OTHER, params: { ...OTHER.params, expectedHosts: 9 } };
    const { policyDigest } = (await publish(hosts)).document;
    expect(await failed(adopt(policyDigest))).toMatchObject({
      exitCode: 1,
      why: expect.stringContaining("9 hosts here, and 4 in cutover orders"),
    });
  });

  it("refuses on a latched cutover, and is an outside failure where the table does not answer", async () => {
    const { world, publish, adopt } = await at();
    const { policyDigest } = (await publish()).document;
    await world.until("10 %", () => world.state().weightPercent === 10);
    world.truth.greenErrorRatio = 0.6;
    await world.until("blue", () => world.state().phase === "rolledBack");
    expect(await failed(adopt(policyDigest))).toMatchObject({
      exitCode: 1,
      why: expect.stringContaining("a rollback is latched"),
    });
    world.outage.table = true;
    expect(await failed(adopt(policyDigest))).toMatchObject({ exitCode: 3 });
  });
});
