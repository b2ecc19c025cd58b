import { describe, expect, it } from "vitest";
import { hostFindings } from "../../../src/cli/doctor/hosts.ts";
import { arm } from "../../../src/guard/arm.ts";
import type { GuardPorts } from "../../../src/guard/ports.ts";
import { ok } from "../../../src/kernel/result.ts";
import type { TargetHealth } from "../../../src/signals/ports.ts";
import { DRILL, type FakeWorld, fakeWorld, ORDERS } from "../../support/fake-world.ts";

/** Beside the web's groups, which are as the world's truth is, those of an API. */
const withApi = ({ ports, cutover }: FakeWorld, green: number, blue = 4): GuardPorts => {
  const api = (side: "green" | "blue", healthy: number): TargetHealth => ({
    ...{ side, targetGroupArn: `${cutover.routes[0]?.[side]}-api`, healthy, unhealthy: 4 - healthy },
  });
  return {
    ...ports,
    hosts: {
      read: async (...asked: Parameters<GuardPorts["hosts"]["read"]>) => {
        const read = await ports.hosts.read(...asked);
        return read.ok ? ok([...read.value, api("green", green), api("blue", blue)]) : read;
      },
    },
  };
};

const arming = (world: FakeWorld, through: GuardPorts) =>
  arm(through, world.cutover, DRILL, "olga", { rehearsal: true, doctor: async () => [] });

describe("a side whose routes lead to several target groups", () => {
  it.each([
    ["green", 0, 4, "green has 0 of 4 healthy hosts in "],
    ["green", 3, 4, "green has 3 of 4 healthy hosts in "],
    ["blue", 4, 0, "blue has no healthy host in "],
  ] as const)("is not armed where a group of %s lacks hosts (%i, %i), and names it", async (side, green, blue, why) => {
    const world = fakeWorld();
    expect(await arming(world, withApi(world, green, blue))).toEqual({
      kind: "refused",
      refusals: [`${why}${world.cutover.routes[0]?.[side]}-api`],
    });
    expect((await arming(world, withApi(world, 4))).kind).toBe("armed");
  });

  it("holds where one of green's groups loses a host, and goes back where it has none for three minutes", async () => {
    const world = fakeWorld();
    expect((await arming(world, withApi(world, 4))).kind).toBe("armed");
    for (let left = 30; world.state().weightPercent < 10 && left > 0; left -= 1) await world.minute(withApi(world, 4));
    for (let minute = 0; minute < 3; minute += 1) await world.minute(withApi(world, 3));
    expect(world.state().blocking.map(({ what }) => what)).toContain("gate:hosts");
    for (let minute = 0; minute < 5; minute += 1) await world.minute(withApi(world, 0));

    expect(world.state().latch?.cause).toMatchObject({ kind: "policy", rules: ["hosts-lost"] });
  });

  it("is told by doctor by its weakest group", () => {
    const group = (targetGroupArn: string, healthy: number): readonly TargetHealth[] =>
      (["blue", "green"] as const).map((side) => ({ side, targetGroupArn, healthy, unhealthy: 0 }));
    const values = (groups: readonly TargetHealth[]) =>
      hostFindings(ORDERS, ok(groups)).map(({ verdict, value }) => `${verdict} ${value}`);
    expect(values([...group("web", 4), ...group("api", 2)])).toEqual(
      Array(2).fill("refused 2/4 healthy in api, the group with the fewest"),
    );
    expect(values(group("web", 4))).toEqual(Array(2).fill("ok 4/4 healthy"));
  });
});
