/** A process like an execution environment: loads the handlers it is told to, and calls them when it is told to. */
import { pathToFileURL } from "node:url";
import { type ClockNumbers, installScaledDate } from "../../aws/lambda/scaled-date.ts";
import { monotonicMs } from "./monotonic.ts";

export interface CallerSettings {
  readonly clock: ClockNumbers;
  /** Bundles by name, loaded in this order. */
  readonly handlers: Readonly<Record<string, string>>;
}

export interface Call {
  readonly handler: string;
  readonly event: unknown;
}

export type Said =
  /** How long each bundle took to load, in milliseconds. */
  | { readonly kind: "loaded"; readonly ms: Readonly<Record<string, number>> }
  /** By the machine's monotonic clock. */
  | { readonly kind: "ended"; readonly startedAt: number; readonly endedAt: number; readonly failure: string | null };

type Handler = (event: unknown, context: object) => Promise<unknown>;

const { clock, handlers } = JSON.parse(process.argv[2] ?? "") as CallerSettings;
const say = (said: Said): void => void process.send?.(said);
const context = { getRemainingTimeInMillis: () => 20_000, functionName: "pawl-rollback", awsRequestId: "bench" };

installScaledDate(clock);
const loaded = new Map<string, Handler>();
const ms: Record<string, number> = {};
for (const [name, file] of Object.entries(handlers)) {
  const startedAt = performance.now();
  loaded.set(name, ((await import(pathToFileURL(file).href)) as { readonly handler: Handler }).handler);
  ms[name] = performance.now() - startedAt;
}

const call = async ({ handler, event }: Call): Promise<void> => {
  const startedAt = monotonicMs();
  try {
    await loaded.get(handler)?.(event, context);
    say({ kind: "ended", startedAt, endedAt: monotonicMs(), failure: null });
  } catch (error) {
    say({ kind: "ended", startedAt, endedAt: monotonicMs(), failure: String(error) });
  }
};

process.on("disconnect", () => process.exit(0));
process.on("message", (message) => void call(message as Call));
say({ kind: "loaded", ms });
