import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runPawl } from "../../support/run-pawl.ts";

const dir = mkdtempSync(join(tmpdir(), "pawl-eval-"));
afterAll(() => rmSync(dir, { recursive: true }));

const file = (name: string, content: unknown): string => {
  const path = join(dir, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

const evaluate = (...args: readonly string[]) =>
  runPawl(["policy", "eval", ...args], {
    input: (async function* () {
      yield Buffer.from('{"rule": {"+": [1, 2]}}\n');
    })(),
  });

const RULE = '{"and": [{"<": [{"var": "lag"}, 10]}, {">": [{"var": "hosts"}, 1]}]}';

describe("pawl policy eval", () => {
  it("shows the value, why it is unknown, what stock says, and every expression", async () => {
    const { exitCode, out } = await evaluate(RULE, "--data", '{"hosts": 2}');

    expect(exitCode).toBe(0);
    expect(out).toContain("value    unknown\nbecause  lag: no value\nstock    true\n");
    expect(out).toMatch(/trace {4}\/and +unknown, true -> unknown\n/);
    expect(out).toMatch(/\/and\/0\/< +unknown, 10 -> unknown\n/);
    expect(out).toMatch(/\/and\/1\/> +2, 1 -> true\n/);
  });

  it("is one document with --json", async () => {
    const { out } = await evaluate(RULE, "--data", '{"hosts": 2, "lag": 3}', "--json");

    expect(JSON.parse(out)).toMatchObject({
      value: true,
      known: true,
      reasons: [],
      stock: true,
      trace: [
        { at: "/and", operands: [true, true], result: true, known: true },
        { at: "/and/0/<", operands: [3, 10] },
        { at: "/and/1/>", operands: [2, 1] },
      ],
    });
  });

  it("takes rule, data and window from files", async () => {
    const rule = file("rule.json", { "+": [{ var: "a" }, { stat: ["green.requests", "sum", "2m"] }] });
    const data = file("data.json", { a: 1 });
    const window = file("window.json", [
      { at: "2026-01-05T12:00:00Z", green: { requests: 3 } },
      { at: "2026-01-05T12:01:00Z", green: { requests: 4 } },
    ]);
    const now = ["--now", "2026-01-05T12:02:00Z"];

    expect((await evaluate("--rule-file", rule, "--data-file", data, "--window", window, ...now)).out).toContain(
      "value    8\n",
    );
  });

  it("answers standard input with --ndjson, also beside --json", async () => {
    for (const flags of [["--ndjson"], ["--ndjson", "--json"]]) {
      const { out, exitCode } = await evaluate(...flags);
      expect([out, exitCode]).toEqual(['{"value":3,"known":true,"reasons":[],"stock":3}\n', 0]);
    }
  });

  it.each<[string, number, RegExp, readonly string[]]>([
    ["no rule", 2, /There is no rule/, []],
    ["a rule that is no JSON", 2, /the rule is not usable[\s\S]*not JSON/, ["{"]],
    ["a rule twice", 2, /given twice/, ["1", "--rule-file", "x.json"]],
    ["a file that is not there", 2, /There is no file/, ["--rule-file", join(dir, "gone.json")]],
    [
      "data that are not there, and says where they were looked for",
      2,
      /There is no file gone\.json\.\n {2}why: {2}It was given as the data, by --data-file; it was looked for in \/\S+\.\n {2}next: Correct the path/,
      ["1", "--data-file", "gone.json"],
    ],
    ["a rule file that is no JSON", 1, /not usable/, ["--rule-file", file("junk.json", "\u0000\u0001")]],
    ["a rule without end", 1, /nested deeper/, ["--rule-file", file("deep.json", "[".repeat(1_000_000))]],
    ["a rule file of two mebibytes", 1, /larger than/, ["--rule-file", file("long.json", "x".repeat(2 ** 21))]],
    ["a rule too deep", 1, /deeper than 64/, [`${'{"!":['.repeat(70)}1${"]}".repeat(70)}`]],
    ["a window without now", 2, /--now is missing/, ["1", "--window", file("empty.json", [])]],
    ["now without a window", 2, /without --window/, ["1", "--now", "2026-01-05T12:00:00Z"]],
    [
      "a now that is no instant",
      2,
      /"noon" is no instant for --now/,
      ["1", "--window", file("empty.json", []), "--now", "noon"],
    ],
    [
      "a now on a day that no month has",
      2,
      /no instant/,
      ["1", "--window", file("empty.json", []), "--now", "2026-04-31T00:00:00Z"],
    ],
    [
      "a now without a zone",
      2,
      /a day, a time and a zone/,
      ["1", "--window", file("empty.json", []), "--now", "2026-01-05T12:00:00"],
    ],
    ["a share that is none", 2, /no share/, ["1", "--min-coverage", "ninety"]],
    ["a share of blanks, which Number takes for 0", 2, /no share/, ["1", "--min-coverage", " "]],
    ["a rule beside --ndjson", 2, /standard input/, ["1", "--ndjson"]],
  ])("refuses %s", async (_, code, why, args) => {
    const { exitCode, err, out } = await evaluate(...args);

    expect(err).toMatch(why);
    expect(out).toBe("");
    expect(exitCode).toBe(code);
  });
});
