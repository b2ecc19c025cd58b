import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { armedPolicy } from "../../../src/cli/commands/policy-diff.ts";
import type { JsonObject } from "../../../src/kernel/json.ts";
import { deskBefore, failed } from "../../support/cli.ts";
import { DRILL, fakeWorld } from "../../support/fake-world.ts";
import { runPawl } from "../../support/run-pawl.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const folder = mkdtempSync(join(tmpdir(), "pawl-diff-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, changes: JsonObject = {}): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(smallPolicy(changes)));
  return path;
};

const run = (...argv: readonly string[]) => runPawl(["policy", "diff", ...argv]);

const OLD = file("old.json");
const LOOSER = file("looser.json", { params: { lag: 10 } });
const QUIETER = file("quieter.json", { traffic: { requestsPerMinute: 100 } });
const REWORDED = file("reworded.json", { description: "Other words." });

describe("pawl policy diff", () => {
  it("says what opens earlier, and is done whatever differs", async () => {
    const { exitCode, out } = await run(OLD, LOOSER);
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: "opens earlier       gate lag in start, canary, half, the soak: forward.lagSeconds < 5 → forward.lagSeconds < 10\n1 difference, 1 riskier.\n",
    });
  });

  it("prints one document with --json", async () => {
    const { out } = await run(OLD, LOOSER, "--json");
    expect(JSON.parse(out)).toEqual({
      before: OLD,
      after: LOOSER,
      changes: [
        {
          direction: "opens earlier",
          riskier: true,
          wordsOnly: false,
          where: "gate lag in start, canary, half, the soak",
          what: "forward.lagSeconds < 5 → forward.lagSeconds < 10",
        },
      ],
      riskier: 1,
    });
  });

  it("ends with 1 under --exit-code where more than words differs", async () => {
    expect((await run(OLD, LOOSER, "--exit-code")).exitCode).toBe(1);
    expect((await run(OLD, QUIETER, "--exit-code")).exitCode).toBe(1);
    expect((await run(OLD, REWORDED, "--exit-code")).exitCode).toBe(0);
    expect((await run(OLD, OLD, "--exit-code")).out).toBe("No difference.\n");
  });

  it("refuses a file that is no policy, with its place, and one file too few", async () => {
    const bad = file("bad.json", { soak: { duration: "1h", onBreak: "restart-clock" } });
    const refusal = await run(OLD, bad);
    expect(refusal.exitCode).toBe(1);
    expect(refusal.err).toContain(`${bad}:1:`);
    expect((await run(OLD, join(folder, "absent.json"))).exitCode).toBe(2);
    expect((await run(OLD)).exitCode).toBe(2);
    expect((await run(OLD, OLD, OLD)).exitCode).toBe(2);
  });

  it("compares with the policy in force of a cutover", async () => {
    const world = fakeWorld();
    const { context } = deskBefore(world);
    expect(await failed(armedPolicy(context))).toMatchObject({ exitCode: 1, what: "orders was never armed." });
    await world.arm();
    const side = await armedPolicy(context);
    expect(side.policy).toEqual(DRILL);
    expect(side.from).toMatch(/^armed orders [0-9a-f]{12}$/);
    world.policies.all.clear();
    expect(await failed(armedPolicy(context))).toMatchObject({ exitCode: 1 });
    world.outage.table = true;
    expect(await failed(armedPolicy(context))).toMatchObject({ exitCode: 3, next: expect.stringContaining("reached") });
  });
});
