import { runSeed } from "../run-seed.ts";
import type { Finding } from "./finding.ts";

/** Runs seeds 1 to `within` until a checker says that a promise is broken. */
const hunt = async (within: number): Promise<Finding> => {
  for (let seed = 1; seed <= within; seed += 1) {
    try {
      const [first] = (await runSeed(seed, { policy: "drill", hours: 5 })).violations;
      if (first !== undefined) return { at: seed, promise: first.promise, what: first.what };
    } catch (error) {
      return { at: seed, promise: "threw", what: String(error) };
    }
  }
  return null;
};

// Started as `node BUNDLE WITHIN`, in a process of its own; prints one Finding.
process.stdout.write(`${JSON.stringify(await hunt(Number(process.argv[2])))}\n`);
