/**
 * Recomputes the verdicts from a report: `node lab/receipts/main.ts DIR [--mode both|blue|green] [--json]`, where DIR
 * holds receipts.ndjson, blue.ndjson and green.ndjson. Exit code 1 where anything but stale reads is found.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type CheckMode, checkReceipts, isClean } from "./check.ts";
import { printVerdicts } from "./print.ts";

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { mode: { type: "string", default: "both" }, json: { type: "boolean", default: false } },
});
const [dir] = positionals;
if (dir === undefined) throw new Error("the folder of a report is required");
if (!["both", "blue", "green"].includes(args.mode)) throw new Error(`--mode ${args.mode} is not both, blue or green`);

const verdicts = await checkReceipts({
  receiptsPath: join(dir, "receipts.ndjson"),
  dumpDir: dir,
  mode: args.mode as CheckMode,
});
console.log(args.json ? JSON.stringify(verdicts, null, 2) : printVerdicts(verdicts));
process.exitCode = isClean(verdicts) ? 0 : 1;
