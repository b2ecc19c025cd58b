import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { StormName } from "../faults/storms.ts";
import { abreast } from "./abreast.ts";
import type { Fault } from "./fault.ts";
import { FAULTS } from "./faults.ts";
import type { Finding } from "./finding.ts";
import { type Hunted, hunt, hunted } from "./hunted.ts";

const HELP = `Usage: ./scripts/simulate --planted [NAME...] [--json]

Plants mistakes into the guard, one at a time, and runs the simulation from seed 1 on until a checker finds each.
A line of the table: the fault, the promise it breaks, within how many seeds it has to be found, at which it was, and
what was seen. Some are looked for amid a storm, in which a few kinds of fault are far likelier and nothing else happens;
the guard as it is goes through as many seeds of each storm. A redundant fence is one whose loss must show nothing:
another one stands behind it. Unseen is what no seed has shown yet.

Exit code: 0 every fault as expected, 1 one is not, 2 no fault of this name.
`;

const line = (cells: readonly string[]): string => {
  const widths = [34, 6, 9, 9, 9, 28];
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" ");
};

const said = ({ fault, within, amid, finding, trouble }: Hunted): string =>
  line([
    fault.name,
    fault.breaks,
    String(within),
    finding === null ? "-" : String(finding.at),
    finding?.promise ?? "",
    amid ?? "",
    trouble ?? finding?.what ?? whyNot(fault),
  ]);

const whyNot = ({ expected }: Fault): string => {
  if ("within" in expected) return "NOT FOUND";
  return "redundant" in expected ? `redundant: ${expected.redundant}` : `unseen: ${expected.unseen}`;
};

/** Every storm that is looked into, and for how many seeds at the most. */
const stormsOf = (faults: readonly Fault[]): readonly (readonly [storm: StormName, seeds: number])[] => {
  const seeds = new Map<StormName, number>();
  for (const { expected } of faults)
    if ("within" in expected && expected.amid !== undefined)
      seeds.set(expected.amid, Math.max(expected.within, seeds.get(expected.amid) ?? 0));
  return [...seeds];
};

const controlled = (storm: StormName, seeds: number, finding: Finding): readonly string[] => [
  ...["(none)", "", String(seeds), finding === null ? "-" : String(finding.at), finding?.promise ?? "", storm],
  finding?.what ?? "nothing, as it must be",
];

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
    process.stdout.write(`${line(["fault", "breaks", "within", "found at", "promise", "amid", "what was seen"])}\n`);
  const results = await abreast(wanted, availableParallelism(), async (fault) => {
    const result = await hunted(fault);
    if (values.json !== true) process.stdout.write(`${said(result)}\n`);
    return result;
  });
  const unharmed = await abreast(stormsOf(wanted), availableParallelism(), async ([storm, seeds]) => {
    const finding = await hunt(null, seeds, storm);
    if (values.json !== true) process.stdout.write(`${line(controlled(storm, seeds, finding))}\n`);
    return { storm, seeds, finding };
  });
  const astray = results.filter(({ asExpected }) => !asExpected).map(({ fault }) => fault.name);
  for (const { storm, finding } of unharmed) if (finding !== null) astray.push(`the guard as it is amid ${storm}`);
  if (values.json === true) process.stdout.write(`${JSON.stringify({ results, unharmed, astray }, null, 2)}\n`);
  else process.stdout.write(`${results.length} faults, ${astray.length} otherwise than expected ${astray.join(" ")}\n`);
  return astray.length === 0 ? 0 : 1;
};

process.exitCode = await main();
