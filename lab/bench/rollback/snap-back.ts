import type { Figure, Measurement } from "../measurement.ts";
import type { BenchAccount } from "./bench-account.ts";
import { withBenchWorld } from "./bench-world.ts";
import { type CalledProcess, startCalledProcess } from "./called-process.ts";
import { alarmEvent, barePriorities, bareUpdate } from "./calls.ts";
import { quantile } from "./quantile.ts";
import { untilRaised } from "./until-raised.ts";

/** Milliseconds a network's round trip takes, and how many samples are taken there. */
const NETWORKS = [
  { roundTripMs: 0, samples: 400 },
  { roundTripMs: 20, samples: 400 },
  { roundTripMs: 100, samples: 200 },
] as const;
const WARM_UP = 20;
/** What the guard may add where the network costs nothing, in milliseconds. */
const ADDED_MS = 5;

/** Milliseconds from a call's begin. */
interface Sample {
  /** Until the update was answered. */
  readonly update: number;
  /** Until the rule had changed. */
  readonly bare: number;
  readonly guard: number;
}

const run = (): Promise<readonly Figure[]> =>
  withBenchWorld(async (account, bundles) => {
    const called = await startCalledProcess({ clock: account.clock, handlers: { ...bundles } }, account.env);
    try {
      const figures: Figure[] = [];
      for (const { roundTripMs, samples } of NETWORKS) {
        const taken: Sample[] = [];
        for (let index = -WARM_UP; index < samples; index += 1) {
          const sample = await take(account, called, roundTripMs);
          if (index >= 0) taken.push(sample);
        }
        figures.push(...figuresOf(roundTripMs, taken));
      }
      return figures;
    } finally {
      await called.end();
    }
  });

const take = async (account: BenchAccount, called: CalledProcess, roundTripMs: number): Promise<Sample> => {
  await account.reset();
  account.delay(roundTripMs);
  const { startedAt, endedAt } = await called.call("bare", bareUpdate(account));
  const bare = await untilRaised(account, called, roundTripMs, "bare", barePriorities(account));
  const guard = await untilRaised(account, called, roundTripMs, "rollback", alarmEvent(account));
  return { update: endedAt - startedAt, bare, guard };
};

const figuresOf = (roundTripMs: number, samples: readonly Sample[]): readonly Figure[] => {
  const of = (what: keyof Sample, share: number): number =>
    quantile(
      samples.map((sample) => sample[what]),
      share,
    );
  const update = of("update", 0.5);
  const within = (what: string, share: number, limit: number, said: string): Figure => {
    const [guard, bare] = [of("guard", share), of("bare", share)];
    return {
      what: `${roundTripMs} ms, ${what}`,
      value: `${guard.toFixed(1)} ms`,
      note: `update ${update.toFixed(1)} + ${((guard - update) / bare).toFixed(2)} x bare ${bare.toFixed(1)}; at most ${said} = ${limit.toFixed(1)}`,
      met: guard <= limit,
    };
  };
  const [median, p99] = [of("bare", 0.5), of("bare", 0.99)];
  if (roundTripMs === 0) return [within("median", 0.5, median + ADDED_MS, `bare + ${ADDED_MS}`)];
  return [
    within("median", 0.5, update + 1.3 * median, "update + 1.3 x bare"),
    within("p99", 0.99, update + 2 * p99, "update + 2 x bare"),
  ];
};

export const SNAP_BACK: Measurement = {
  name: "snap-back",
  about: "from an alarm's event to the changed rule, beside the bare SetRulePriorities and UpdateItem of the same SDK",
  run,
};
