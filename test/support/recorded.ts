import { exportLedger } from "../../src/cli/commands/ledger-export.ts";
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
