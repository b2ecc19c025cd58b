import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { abreast } from "./abreast.ts";
import type { Fault } from "./fault.ts";
import { FAULTS } from "./faults.ts";
import { type Hunted, hunted } from "./hunted.ts";

const HELP = `Usage: ./scripts/simulate --planted [NAME...] [--json]

Plants mistakes into the guard, one at a time, and runs the simulation from seed 1 on until a checker finds each.
A line of the table: the fault, the promise it breaks, within how many seeds it has to be found, at which it was, and
what was seen. A redundant fence is one whose loss must show nothing: another one stands behind it. Unseen is what no seed
has shown yet.

Exit code: 0 every fault as expected, 1 one is not, 2 no fault of this name.
`;

const line = (cells: readonly string[]): string => {
  const widths = [34, 6, 9, 9, 9];
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" ");
};

const said = ({ fault, within, finding, trouble }: Hunted): string =>
  line([
    fault.name,
    fault.breaks,
    String(within),
    finding === null ? "-" : String(finding.at),
    finding?.promise ?? "",
    trouble ?? finding?.what ?? whyNot(fault),
  ]);

const whyNot = ({ expected }: Fault): string => {
  if ("within" in expected) return "NOT FOUND";
  return "redundant" in expected ? `redundant: ${expected.redundant}` : `unseen: ${expected.unseen}`;
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    options: { json: { type: "boolean" }, help: { type: "boolean" } },
    allowPositionals: true,
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = positionals.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) {
    process.stderr.write(`No fault is called ${unknown}. There are: ${FAULTS.map(({ name }) => name).join(", ")}.\n`);
    return 2;
  }
  const wanted = FAULTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (values.json !== true)
    process.stdout.write(`${line(["fault", "breaks", "within", "found at", "promise", "what was seen"])}\n`);
  const results = await abreast(wanted, availableParallelism(), async (fault) => {
    const result = await hunted(fault);
    if (values.json !== true) process.stdout.write(`${said(result)}\n`);
    return result;
  });
  const astray = results.filter(({ asExpected }) => !asExpected).map(({ fault }) => fault.name);
  if (values.json === true) process.stdout.write(`${JSON.stringify({ results, astray }, null, 2)}\n`);
  else process.stdout.write(`${results.length} faults, ${astray.length} otherwise than expected ${astray.join(" ")}\n`);
  return astray.length === 0 ? 0 : 1;
};

process.exitCode = await main();
