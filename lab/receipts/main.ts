/**
 * Recomputes the verdicts from a report: `node lab/receipts/main.ts DIR [--mode both|blue|green] [--json]`, where DIR
 * holds receipts.ndjson, blue.ndjson and green.ndjson. Exit code 1 where anything but stale reads is found.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { misused } from "../../src/cli/exit.ts";
import { readArguments } from "../arguments.ts";
import { type CheckMode, checkReceipts, isClean } from "./check.ts";
import { printVerdicts } from "./print.ts";

const MODES: readonly CheckMode[] = ["both", "blue", "green"];
const USAGE = "node lab/receipts/main.ts DIR [--mode both|blue|green] [--json]";

const { dir, mode, json } = readArguments(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { mode: { type: "string", default: "both" }, json: { type: "boolean", default: false } },
  });
  const [folder] = positionals;
  const wanted = MODES.find((each) => each === values.mode);
  if (folder === undefined)
    throw misused("No report was named.", "The verdicts are recomputed from the files of one.", `Give it: ${USAGE}`);
  if (wanted === undefined)
    throw misused(`There is no mode ${values.mode}.`, `A side is checked, or both: ${MODES.join(", ")}.`, "Take one.");
  if (!existsSync(join(folder, "receipts.ndjson")))
    throw misused(
      `${folder} is no report.`,
      "There is no receipts.ndjson in it.",
      "Name the folder of a story, such as .pawl/report/rollback.",
    );
  return { dir: folder, mode: wanted, json: values.json };
});

const verdicts = await checkReceipts({
  receiptsPath: join(dir, "receipts.ndjson"),
  dumpDir: dir,
  mode,
});
console.log(json ? JSON.stringify(verdicts, null, 2) : printVerdicts(verdicts));
process.exitCode = isClean(verdicts) ? 0 : 1;
