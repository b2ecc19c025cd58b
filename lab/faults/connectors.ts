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

/**
 * A connector whose task is FAILED does not come back by itself, on purpose; one that is about to fail is restarted too. Goes
 * on until every task runs: one may fail again a moment later, and a worker that has just started knows of none yet.
 */
export const restartTasks = async (world: FaultWorld, which: "failed" | "all" = "failed"): Promise<void> => {
  const { forward, reverse } = world.bindings.streams;
  const connectors = [forward.source, forward.sink, reverse.source, reverse.sink];
  for (const connector of connectors) await insist(() => restart(world, connector, which));
  await insist(async () => {
    const runs = await Promise.all(connectors.map((connector) => allTasksRun(world, connector)));
    const down = connectors.filter((_, index) => runs[index] !== true);
    for (const connector of down) await restart(world, connector, "failed");
    if (down.length > 0) throw new Error(`${down.join(", ")}: a task does not run`);
  });
};

const restart = (world: FaultWorld, connector: string, which: "failed" | "all"): Promise<void> =>
  connect(world, "POST", `${connector}/restart?includeTasks=true&onlyFailed=${which === "failed"}`);

const allTasksRun = async (world: FaultWorld, connector: string): Promise<boolean> => {
  const url = `${world.cdc.connectUrl}/connectors/${connector}/status`;
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) return false;
  const { tasks } = (await response.json()) as { readonly tasks: readonly { readonly state: string }[] };
  return tasks.length > 0 && tasks.every(({ state }) => state === "RUNNING");
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
