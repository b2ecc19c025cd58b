import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CutoverState } from "../../src/decision/state.ts";
import type { StatePort } from "../../src/guard/ports.ts";
import { durationMs } from "../../src/kernel/units.ts";
import { observePorts } from "../../src/wiring.ts";
import { type FakeWorld, ORDERS } from "../support/fake-world.ts";
import { races } from "../support/races/arbitraries.ts";
import { runRace } from "../support/races/race.ts";
import { type LabAccount, startAccountWithTable } from "./lab-account.ts";

let account: LabAccount;
let dynamodb: StatePort;

beforeAll(async () => {
  account = await startAccountWithTable();
  dynamodb = observePorts(account.env).state;
});
afterAll(() => account.close());

/** Real time: what is asked for here is the order of the writes, and a busy machine must not change it. */
const AMPLE = durationMs(20_000);

/** DynamoDB holds the item; what it has come to is put into the world's own store, where the world looks it up. */
const inDynamodb = async (world: FakeWorld): Promise<StatePort> => {
  const mirror = (state: CutoverState): void => world.store.put(state);
  expect((await dynamodb.transition(null, world.state(), AMPLE)).kind).toBe("committed");
  return {
    read: (cutover) => dynamodb.read(cutover, AMPLE),
    transition: async (expectedVersion, next) => {
      const outcome = await dynamodb.transition(expectedVersion, next, AMPLE);
      if (outcome.kind === "committed") mirror(outcome.state);
      return outcome;
    },
    latch: async (cutover, latch, conditions) => {
      const outcome = await dynamodb.latch(cutover, latch, conditions, AMPLE);
      if (outcome.kind === "latched") mirror(outcome.after);
      return outcome;
    },
  };
};

test("runs of the guard at once, on DynamoDB, come to one latch, one epoch, one step, and lose nothing", async () => {
  let cutovers = 0;
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), races, async (scheduler, race) => {
      cutovers += 1;
      const cutover = { ...ORDERS, name: `orders-${cutovers}` };
      const raced = await runRace(scheduler, race, cutover, inDynamodb);
      expect(raced.broken).toEqual([]);
      expect(await dynamodb.read(cutover.name, AMPLE)).toEqual({ ok: true, value: raced.last });
    }),
    { numRuns: 40 },
  );
}, 300_000);
