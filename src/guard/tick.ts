import type { CutoverState } from "../decision/state.ts";
import { servedAt } from "../decision/unserved.ts";
import { toIso } from "../kernel/instant.ts";
import { durationMs, type EpochMs, later } from "../kernel/units.ts";
import type { CutoverId } from "../signals/bindings.ts";
import { STATE_TIMEOUT_MS } from "./limits.ts";
import type { ActiveEntry, GuardPorts } from "./ports.ts";
import { untimely } from "./untimely.ts";

/** It writes nothing: what is over is taken off the list by whoever ended it. */
export type TickPorts = Pick<GuardPorts, "clock" | "state" | "invoke"> & {
  readonly active: Pick<GuardPorts["active"], "list">;
};

export interface TickReport {
  readonly started: readonly { readonly cutover: CutoverId; readonly workers: readonly Worker[] }[];
  /** Cutovers or workers that could not be served this time; one never keeps another from being served. */
  readonly failures: readonly string[];
  /**
   * Since the last judged tick of the cutover that has waited longest; 0 where nothing is active. The guard's heartbeat:
   * null where not everything could be looked at, because then nobody knows, and silence has to ring.
   */
  readonly stalestSeconds: number | null;
  readonly dropped: boolean;
}

type Worker = "observe" | "promote" | "decommission";

/** Starts the workers of every active cutover at the scheduled minute, and says how stale the stalest of them is. */
export const runTick = async (ports: TickPorts, scheduledAt: EpochMs): Promise<TickReport> => {
  const mistimed = untimely(scheduledAt, ports.clock.now());
  if (mistimed !== null) return { started: [], failures: [mistimed], stalestSeconds: null, dropped: true };
  const listed = await ports.active.list(STATE_TIMEOUT_MS);
  if (!listed.ok) return { started: [], failures: [listed.failure.message], stalestSeconds: null, dropped: false };
  const served = await Promise.all(listed.value.map((entry) => serve(ports, entry, scheduledAt)));
  const failures = served.flatMap((one) => one.failures);
  return {
    started: served.flatMap(({ cutover, workers }) => (workers.length === 0 ? [] : [{ cutover, workers }])),
    failures,
    stalestSeconds: failures.length > 0 ? null : Math.max(0, ...served.map(({ staleSeconds }) => staleSeconds)),
    dropped: false,
  };
};

interface Served {
  readonly cutover: CutoverId;
  readonly workers: readonly Worker[];
  readonly failures: readonly string[];
  readonly staleSeconds: number;
}

const serve = async (ports: TickPorts, entry: ActiveEntry, scheduledAt: EpochMs): Promise<Served> => {
  const { cutover } = entry;
  const read = await ports.state.read(cutover, STATE_TIMEOUT_MS);
  const state = read.ok ? read.value : null;
  if (read.ok && state === null)
    return {
      cutover,
      workers: [],
      failures: isBeingArmed(entry, scheduledAt) ? [] : [stateless(entry)],
      staleSeconds: 0,
    };
  const asked = await Promise.all(
    workersFor(state).map(async (worker) => ({
      worker,
      answer: await ports.invoke.worker(worker, cutover, scheduledAt),
    })),
  );
  return {
    cutover,
    workers: asked.flatMap(({ worker, answer }) => (answer.ok ? [worker] : [])),
    failures: [
      ...(read.ok ? [] : [`${cutover}: ${read.failure.message}`]),
      ...asked.flatMap(({ worker, answer }) => (answer.ok ? [] : [`${cutover} ${worker}: ${answer.failure.message}`])),
    ],
    staleSeconds: staleSeconds(state, scheduledAt),
  };
};

/** Arming lists a cutover, and stores its state a moment later. */
const ARMING_MS = durationMs(120_000);

/** Where nobody knows when it was listed, it is told of at once: one tick alone wakes nobody, and arming is over by the next. */
const isBeingArmed = ({ listedAt }: ActiveEntry, scheduledAt: EpochMs): boolean =>
  listedAt !== null && scheduledAt <= later(listedAt, ARMING_MS);

const stateless = ({ cutover, listedAt }: ActiveEntry): string =>
  `${cutover} is listed as active${listedAt === null ? "" : ` since ${toIso(listedAt)}`}, and the table has no state of it: it is lost, or arming died half way`;

/** One that is complete and still listed has something left to say, which decommission says before it is taken off. */
const workersFor = (state: CutoverState | null): readonly Worker[] => {
  if (state?.phase === "complete") return ["decommission"];
  return state?.phase === "decommissioning" ? ["observe", "promote", "decommission"] : ["observe", "promote"];
};

const staleSeconds = (state: CutoverState | null, scheduledAt: EpochMs): number =>
  state === null || state.phase === "complete" ? 0 : Math.max(0, (scheduledAt - servedAt(state)) / 1_000);
