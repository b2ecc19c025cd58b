import { exportLedger } from "../../src/cli/commands/ledger-export.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import { deskBefore } from "./cli.ts";
import { type FakeWorld, fakeWorld } from "./fake-world.ts";

/** A cutover that was armed, held up by a metrics outage, walked to 50 %, and went back by a rule. */
export const livedWorld = async (): Promise<FakeWorld> => {
  const world = fakeWorld();
  await world.arm();
  await world.until("10 %", () => world.state().weightPercent === 10);
  world.truth.metricsFail = true;
  await world.minutes(3);
  world.truth.metricsFail = false;
  await world.until("50 %", () => world.state().weightPercent === 50);
  world.truth.greenErrorRatio = 0.5;
  await world.until("blue", () => world.state().phase === "rolledBack", 6);
  return world;
};

/** The world's ledger as `pawl ledger export` writes it. */
export const recordingOf = async (world: FakeWorld): Promise<string> => {
  let text = "";
  await exportLedger(deskBefore(world).context, async (piece) => {
    text += piece;
  });
  return text;
};

/** A minute of a plain recording, quiet and healthy; `changes` by group of signals. */
export const plainLine = (minute: number, weight: number, changes: JsonObject = {}): string =>
  JSON.stringify({
    at: new Date(PLAIN_START + minute * 60_000).toISOString(),
    weight,
    green: { requests: weight * 12, errors5xx: 0, healthyHosts: 4 },
    forward: { state: "RUNNING", lagSeconds: 1.5 },
    ...changes,
  });

const PLAIN_START = Date.parse("2026-01-05T12:00:00Z");
