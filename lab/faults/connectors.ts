import { setTimeout as pause } from "node:timers/promises";
import type { FaultWorld } from "./fault.ts";

const ACCEPTED_WITHIN_MS = 60_000;

/** Of each connector's REST interface, what the faults need. @throws {Error} Connect did not accept it. */
export const connect = async (world: FaultWorld, method: "PUT" | "POST", path: string): Promise<void> => {
  const response = await fetch(`${world.cdc.connectUrl}/connectors/${path}`, {
    method,
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok && response.status !== 404)
    throw new Error(`Kafka Connect answered ${response.status} to ${method} ${path}: ${await response.text()}`);
};

/** A connector whose task is FAILED does not come back by itself, on purpose; one that is about to fail is restarted too. */
export const restartTasks = async (world: FaultWorld, which: "failed" | "all" = "failed"): Promise<void> => {
  const { forward, reverse } = world.bindings.streams;
  for (const connector of [forward.source, forward.sink, reverse.source, reverse.sink]) {
    const restart = `${connector}/restart?includeTasks=true&onlyFailed=${which === "failed"}`;
    await insist(() => connect(world, "POST", restart));
  }
};

/** A worker whose broker has just come back is busy with that, and does not answer yet. */
const insist = async (ask: () => Promise<void>): Promise<void> => {
  const giveUpAt = Date.now() + ACCEPTED_WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await pause(1_000);
    }
  }
};
