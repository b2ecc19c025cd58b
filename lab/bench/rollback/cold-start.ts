import type { Figure, Measurement } from "../measurement.ts";
import type { BenchAccount } from "./bench-account.ts";
import { withBenchWorld } from "./bench-world.ts";
import { startCalledProcess } from "./called-process.ts";
import { alarmEvent, barePriorities, bareUpdate } from "./calls.ts";
import { quantile } from "./quantile.ts";
import { untilRaised } from "./until-raised.ts";

const STARTS = 40;
const LIMIT = 1.3;

/** Milliseconds of one new process. */
interface ColdStart {
  readonly loading: number;
  /** And from there, through its first event, until the rule had changed. */
  readonly raising: number;
}

const run = (): Promise<readonly Figure[]> =>
  withBenchWorld(async (account, bundles) => {
    const events = {
      bare: () => ({ ...bareUpdate(account), ...barePriorities(account) }),
      rollback: () => alarmEvent(account),
    };
    const starts = { bare: [] as ColdStart[], rollback: [] as ColdStart[] };
    // In turns: a busy moment hits both alike.
    for (let start = 0; start < STARTS; start += 1)
      for (const name of ["bare", "rollback"] as const)
        starts[name].push(await startCold(account, name, bundles[name], events[name]()));
    const beside = (what: string, of: (start: ColdStart) => number): Figure => {
      const [bare, rollback] = [quantile(starts.bare.map(of), 0.5), quantile(starts.rollback.map(of), 0.5)];
      return {
        what,
        value: `${(rollback / bare).toFixed(2)} x`,
        note: `${rollback.toFixed(0)} ms beside ${bare.toFixed(0)} ms; at most ${LIMIT} x`,
        met: rollback <= LIMIT * bare,
      };
    };
    return [
      beside("loading it", ({ loading }) => loading),
      beside("loading it and changing the rule", ({ loading, raising }) => loading + raising),
    ];
  });

const startCold = async (account: BenchAccount, name: string, file: string, event: object): Promise<ColdStart> => {
  const called = await startCalledProcess({ clock: account.clock, handlers: { [name]: file } }, account.env);
  try {
    return {
      loading: called.loadedMs[name] ?? Number.NaN,
      raising: await untilRaised(account, called, 0, name, event),
    };
  } finally {
    await called.end();
  }
};

export const COLD_START: Measurement = {
  name: "cold-start",
  about:
    "the packaged rollback in a new process; a handler that imports the ELBv2 and DynamoDB clients and nothing else is 1",
  run,
};
