import { STORMS, type StormName } from "../faults/storms.ts";
import { type RunOptions, runSeed } from "../run-seed.ts";
import type { Finding } from "./finding.ts";

/** Runs seeds 1 to `within`, amid a storm where one is named, until a checker says that a promise is broken. */
const hunt = async (within: number, storm: StormName | undefined): Promise<Finding> => {
  const weather: RunOptions = storm === undefined ? {} : { storm };
  const policy = (storm === undefined ? undefined : STORMS[storm].policy) ?? "drill";
  for (let seed = 1; seed <= within; seed += 1) {
    try {
      const [first] = (await runSeed(seed, { policy, hours: 5, ...weather })).violations;
      if (first !== undefined) return { at: seed, promise: first.promise, what: first.what };
    } catch (error) {
      return { at: seed, promise: "threw", what: String(error) };
    }
  }
  return null;
};

const [within, storm] = process.argv.slice(2);
// Started as `node BUNDLE WITHIN [STORM]`, in a process of its own; prints one Finding.
process.stdout.write(`${JSON.stringify(await hunt(Number(within), storm as StormName | undefined))}\n`);
