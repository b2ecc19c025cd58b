import { type Profiler, Session } from "node:inspector/promises";

export interface Dear {
  readonly name: string;
  readonly percent: number;
}

/** Runs something under V8's own sampling profiler, and names the functions in which most of the time was spent. */
export const dearest = async (count: number, work: () => Promise<void>): Promise<readonly Dear[]> => {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  return byFunction(profile).slice(0, count);
};

const byFunction = ({ nodes, samples = [] }: Profiler.Profile): readonly Dear[] => {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => [
      id,
      `${functionName || "(anonymous)"} ${url.replace(/^.*\/(?=(src|test|node_modules)\/)/, "")}`.trim(),
    ]),
  );
  const hits = new Map<string, number>();
  for (const id of samples) {
    const name = names.get(id) ?? "";
    if (!/^\((program|idle|root)\)/.test(name)) hits.set(name, (hits.get(name) ?? 0) + 1);
  }
  const all = [...hits.values()].reduce((sum, each) => sum + each, 0);
  return [...hits]
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => ({ name, percent: Math.round((1_000 * times) / all) / 10 }));
};
