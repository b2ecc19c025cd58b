import type { CutoverState } from "../decision/state.ts";
import { STATE_TIMEOUT_MS } from "../guard/limits.ts";
import { flushLeftBehind, type OutboxPorts } from "../guard/outbox.ts";
import type { GuardPorts } from "../guard/ports.ts";
import { record } from "./record.ts";

type EndingPorts = OutboxPorts & Pick<GuardPorts, "active">;

/** Everything is taken apart. @returns why the run stops. */
export const complete = async (ports: EndingPorts, state: CutoverState): Promise<string> => {
  const { request } = state;
  // No tick comes any more that would say so.
  const asked = request === undefined ? "" : `. ${request.verb} by ${request.by}: refused, it is complete`;
  const refused = await record(ports, state, [{ kind: "completed" }], {
    kind: "completed",
    says: "completed, green is alone",
    summary: `CDC is taken apart and its absence verified; green is alone${asked}`,
  });
  if (refused !== null) return refused;
  const read = await ports.state.read(state.cutover, STATE_TIMEOUT_MS);
  return read.ok && read.value !== null ? retire(ports, read.value) : "complete, and still listed as active";
};

/** It is served until its last record and message have arrived: nobody comes by afterwards. */
export const retire = async (ports: EndingPorts, state: CutoverState): Promise<string> => {
  const { outbox } = await flushLeftBehind(ports, state);
  if (outbox.length > 0) return `complete, with ${outbox.length} records or messages still to be delivered`;
  const removed = await ports.active.remove(state.cutover);
  return removed.ok ? "complete" : `complete, but still listed as active: ${removed.failure.message}`;
};
