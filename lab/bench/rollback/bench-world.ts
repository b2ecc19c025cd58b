import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { labBindings } from "../../account.ts";
import { ProcessOwner } from "../../process/process-owner.ts";
import { livedState } from "../lived-cutover.ts";
import { type BenchAccount, startBenchAccount } from "./bench-account.ts";
import { type Bundles, bundlesIn } from "./bundles.ts";

const FILE = "policies/orders/policy.json";
/** Long enough that the state holds what a state holds: evidence of several gates. */
const LIVED_MINUTES = 240;

/** Account and bundles for the length of one measurement; nothing of them is left after it. */
export const withBenchWorld = async <Outcome>(
  use: (account: BenchAccount, bundles: Bundles) => Promise<Outcome>,
): Promise<Outcome> => {
  const dir = mkdtempSync(join(tmpdir(), "pawl-bench-"));
  const owner = new ProcessOwner(dir);
  owner.removeAtEnd(dir);
  try {
    const policy = loadPolicy(readFileSync(FILE, "utf8"), FILE);
    if (!policy.ok) throw new Error(`${FILE} is no policy`);
    const bindings = labBindings();
    const state = { ...livedState(policy.value, LIVED_MINUTES), cutover: bindings.name };
    const account = await startBenchAccount(bindings, state);
    try {
      return await use(account, await bundlesIn(dir, owner));
    } finally {
      await account.close();
    }
  } finally {
    await owner.stop();
  }
};
