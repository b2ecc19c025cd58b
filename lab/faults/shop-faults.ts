import { DeregisterTargetsCommand, RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { HostFaults } from "../shop/faults.ts";
import type { Side } from "../shop/order.ts";
import { type Fault, type FaultWorld, fault } from "./fault.ts";
import { somebodysLoadBalancer } from "./somebody.ts";

const FLAP_MS = 4_000;

const misbehaving =
  (sides: readonly Side[], faults: Partial<HostFaults>) =>
  async ({ shop }: FaultWorld) => {
    const on = (these: Partial<HostFaults>) => Promise.all(sides.map((side) => shop.fleets[side].fault(these)));
    await on(faults);
    return async () => void (await on({}));
  };

const killedHost =
  (side: Side) =>
  async ({ shop }: FaultWorld) => {
    const name = shop.fleets[side].hosts[0]?.name;
    await shop.fleets[side].kill(name);
    return () => shop.fleets[side].start(name);
  };

/** Faults of the application's hosts, on either side. */
export const SHOP_FAULTS: readonly Fault[] = [
  fault(
    "green-5xx",
    "green answers 500 to 8 % of its requests, before their transaction begins",
    "the 5XX alarm fires and everything goes back to blue",
    misbehaving(["green"], { failBeforePercent: 8 }),
  ),
  fault(
    "green-5xx-after-commit",
    "green answers 500 to 8 % of its requests, after their transaction is committed",
    "the 5XX alarm fires and everything goes back to blue; no write is lost",
    misbehaving(["green"], { failAfterPercent: 8 }),
  ),
  fault(
    "green-slow",
    "every answer of green takes 1200 ms longer",
    "the p99 gate fails and the p99 alarm fires: back to blue",
    misbehaving(["green"], { slowMs: 1_200 }),
  ),
  fault(
    "green-hangs",
    "green accepts requests, health checks too, and never answers",
    "the hosts alarm or the load balancer's own 5XX: back to blue",
    misbehaving(["green"], { hang: true }),
  ),
  fault(
    "both-failing",
    "both sides answer 500 to 8 % of their requests",
    "the 5XX alarm speaks of green alone: back to blue, where it is no worse and the data is complete",
    misbehaving(["blue", "green"], { failBeforePercent: 8 }),
  ),
  fault(
    "green-flapping",
    "two of green's four hosts fail their health checks for four seconds in eight",
    "the gate hosts fails again and again: hold; green is never without a host, so nothing goes back",
    async ({ shop }) => {
      const names = shop.fleets.green.hosts.slice(0, 2).map(({ name }) => name);
      const say = (unhealthy: boolean) =>
        Promise.all(names.map((name) => shop.fleets.green.fault(unhealthy ? { unhealthy } : {}, name)));
      let unhealthy = true;
      await say(unhealthy);
      const flapping = setInterval(() => {
        unhealthy = !unhealthy;
        void say(unhealthy);
      }, FLAP_MS);
      return async () => {
        clearInterval(flapping);
        await say(false);
      };
    },
  ),
  fault("green-host-killed", "one of green's four hosts is killed", "the gate hosts fails: hold", killedHost("green")),
  fault(
    "green-hosts-killed",
    "all of green's hosts are killed",
    "the hosts alarm or the rule hosts-lost: back to blue",
    async ({ shop }) => {
      await shop.fleets.green.kill();
      return () => shop.fleets.green.start();
    },
  ),
  fault(
    "blue-host-killed",
    "one of blue's four hosts is killed",
    "the gate blue-ready fails: hold, since blue could not take everything back",
    killedHost("blue"),
  ),
  fault(
    "blue-scaled-in",
    "somebody takes two of blue's four hosts out of service, to save money",
    "the gate blue-ready fails: hold, since blue could not take everything back",
    async ({ shop, account, bindings }) => {
      const client = somebodysLoadBalancer(account);
      const Targets = shop.fleets.blue.hosts.slice(0, 2).map(({ port }) => ({ Id: "127.0.0.1", Port: port }));
      const groups = [...new Set(bindings.routes.map(({ blue }) => blue))];
      for (const TargetGroupArn of groups) await client.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
      return async () => {
        for (const TargetGroupArn of groups) await client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
        client.destroy();
      };
    },
  ),
];
