import { describe, expect, it } from "vitest";
import { policyEvalBatch } from "../../../src/cli/commands/policy-eval-batch.ts";
import type { JsonValue } from "../../../src/kernel/json.ts";
import { answersTo, answerTo, batchOf } from "../../support/eval.ts";

const LAG: JsonValue = { "<": [{ var: "lag" }, 10] };

const minutes = (count: number, values: (index: number) => { readonly [key: string]: JsonValue }) =>
  Array.from({ length: count }, (_, index) => ({
    at: `2026-01-05T12:${String(index).padStart(2, "0")}:00Z`,
    ...values(index),
  }));

describe("a line of a batch", () => {
  it("is answered with the value, and what stock says", async () => {
    expect(await answersTo({ rule: LAG, data: { lag: 3 } }, { rule: LAG, data: { lag: 30 } })).toEqual([
      { value: true, known: true, reasons: [], stock: true },
      { value: false, known: true, reasons: [], stock: false },
    ]);
  });

  it("is unknown with its reason where data is missing, whatever stock says", async () => {
    expect(await answerTo({ rule: LAG, data: {} })).toEqual({
      value: null,
      known: false,
      reasons: ["lag: no value"],
      stock: true,
    });
  });

  it.each<[what: string, rule: JsonValue, data: JsonValue, value: JsonValue]>([
    ["a list as data", { "+": [{ var: "0" }, { var: "1" }] }, [2, 3], 5],
    ["a plain value as data", { cat: ["is ", { var: "" }] }, "it", "is it"],
    ["keys that are no signals", { var: "any thing.at all" }, { "any thing": { "at all": [1] } }, [1]],
    ["no data", { "+": [1, 2] }, null, 3],
    ["a list of results", { map: [{ var: "xs" }, { "*": [{ var: "" }, 2] }] }, { xs: [1, 2] }, [2, 4]],
    ["a rule that is no expression", "apple", {}, "apple"],
    ["null", null, {}, null],
    ["a log, which writes nothing", { log: { var: "x" } }, { x: 7 }, 7],
    ["facts of its own", { and: [{ known: ["facts"] }, { var: "facts" }] }, { facts: 5 }, 5],
  ])("may hold %s", async (_, rule, data, value) => {
    expect(await answerTo({ rule, data })).toEqual({ value, known: true, reasons: [], stock: value });
  });

  it("gives stock's failure, and not a failure of its own", async () => {
    const [threw, nothing, infinite] = await answersTo(
      { rule: { bogus: 1 } },
      { rule: { var: "constructor" }, data: {} },
      { rule: { "/": [1, 0] } },
    );

    expect(threw).toMatchObject({ known: false, stock: { threw: "Unrecognized operation bogus" } });
    expect(nothing).toMatchObject({ known: false, stock: null });
    expect(infinite).toMatchObject({ known: false, stock: null });
  });
});

describe("operations over a window", () => {
  const now = "2026-01-05T12:05:00Z";
  const window = minutes(6, (index) => ({ green: { requests: 10, errors: index }, deep: { er: { path: index } } }));

  it("see the minutes that ended by now, and no other", async () => {
    const over = (w: string, at = now) => ({ rule: { stat: ["green.errors", "sum", w] }, window, now: at });

    expect(
      (await answersTo(over("3m"), over("5m"), over("3m", "2026-01-05T12:05:59Z"))).map(({ value }) => value),
    ).toEqual([2 + 3 + 4, 0 + 1 + 2 + 3 + 4, 3 + 4]);
  });

  it("take any path of the rows", async () => {
    expect(await answerTo({ rule: { stat: ["deep.er.path", "max", "2m"] }, window, now })).toMatchObject({ value: 4 });
  });

  it("leave the newest minute that has ended to var, unless there are data", async () => {
    const rule: JsonValue = { "+": [{ var: "green.errors" }, { stat: ["green.requests", "sum", "2m"] }] };

    expect(await answerTo({ rule, window, now })).toMatchObject({ value: 4 + 20 });
    expect(await answerTo({ rule, window, now, data: { green: { errors: 1 } } })).toMatchObject({ value: 1 + 20 });
  });

  it("let no older minute speak where the last one that ended is missing, or holds no value", async () => {
    const rule: JsonValue = { "<": [{ var: "green.errors" }, 10] };
    const known = { rule: { known: ["green.errors"] }, now };
    const silent = [...window.slice(0, 4), { at: "2026-01-05T12:04:00Z", blue: { errors: 0 } }];

    for (const heard of [window.slice(0, 4), silent])
      expect(await answersTo({ rule, window: heard, now }, { ...known, window: heard })).toMatchObject([
        { value: null, known: false, reasons: ["green.errors: no value"] },
        { value: false, known: true },
      ]);
    expect(await answerTo({ rule, window, now: "2036-01-05T12:05:00Z" })).toMatchObject({ known: false });
  });

  it("say how old the newest value is", async () => {
    const old = { rule: { age: ["deep.er.path"] }, window: window.slice(0, 3), now };
    const without = [...old.window, { at: "2026-01-05T12:03:00Z", deep: { er: { path: null } } }];

    expect(await answersTo(old, { ...old, window: without }, { ...old, window })).toMatchObject([
      { value: 120 },
      { value: 120 },
      { value: 0 },
    ]);
  });

  it("keep what they come to out of the rule's own reach", async () => {
    const sum: JsonValue = { stat: ["green.requests", "sum", "1m"] };
    const peeping: JsonValue = { "===": [{ var: "facts.0" }, 10] };

    expect(await answerTo({ rule: { and: [peeping, { "===": [sum, 10] }] }, window, now })).toMatchObject({
      known: false,
    });
    const long = `facts${"_".repeat(50_000)}`;
    expect(await answerTo({ rule: { "+": [{ var: [long, 1] }, sum] }, window, now })).toMatchObject({ value: 11 });
    expect(await answerTo({ rule: { and: [{ missing: ["facts"] }, sum] }, window, now })).toMatchObject({ value: 10 });
  });

  it.each<[what: string, over: { readonly [key: string]: JsonValue }]>([
    ["an object", { data: { a: 1 } }],
    ["an empty list, which is false", { data: [] }],
    ["nothing", { data: null }],
    ["the newest minute", { window, now }],
  ])("cannot stand beside the data as a whole, which would hold what they come to: %s", async (_, over) => {
    const whole: JsonValue = { var: { if: [{ known: ["gone"] }, "gone", ""] } };

    for (const rule of [{ "!!": [whole] }, { and: [{ "!": [{ known: ["gone"] }] }, { "!!": [{ var: "" }] }] }])
      expect(await answerTo({ rule, ...over })).toMatchObject({
        known: false,
        reasons: ["beside an operation the data cannot be read as a whole"],
      });
  });

  it("stand beside the elements of a list, each of which may be read as a whole", async () => {
    const rule: JsonValue = { and: [{ known: ["n"] }, { some: [{ var: "xs" }, { "===": [{ var: "" }, 2] }] }] };

    expect(await answersTo({ rule, data: { n: 1, xs: [1, 2] } }, { rule, data: { n: 1, xs: [1, 3] } })).toMatchObject([
      { value: true },
      { value: false },
    ]);
  });

  it("leave a list's elements where var, missing and known find them", async () => {
    const found: JsonValue = [{ var: ["1", 9] }, { missing: ["0", "2"] }, { known: ["1"] }, { known: ["2"] }];

    expect(await answerTo({ rule: found, data: [3, 4] })).toMatchObject({ value: [4, ["2"], true, false] });
  });

  it("are not needed for a window's newest minute to be read as a whole; one that nobody observed is unknown", async () => {
    const rule: JsonValue = { "!!": [{ var: "" }] };
    const later = "2026-01-05T12:30:00Z";

    expect(await answersTo({ rule: { var: "" }, window, now }, { rule, window, now: later })).toMatchObject([
      { value: { green: { requests: 10, errors: 4 }, deep: { er: { path: 4 } } } },
      { known: false, reasons: ["the element has no value"] },
    ]);
  });

  it("are unknown where the window is thin, or there is none", async () => {
    const rule: JsonValue = { rate: ["green.errors", "green.requests", "5m"] };

    expect(await answerTo({ rule, window: window.slice(2), now })).toMatchObject({ known: false });
    expect(await answerTo({ rule, data: {} })).toMatchObject({ known: false });
  });

  it("let stock compare an object in a minute's row as it does any other", async () => {
    const rows = minutes(5, (index) => ({ green: { errors: index === 3 ? {} : index } }));
    const any = (list: JsonValue): JsonValue => ({ some: [list, { ">": [{ var: "green.errors" }, 3] }] });

    for (const request of [
      { rule: any({ window: ["2m"] }), window: rows, now },
      { rule: any({ var: "rows" }), data: { rows } },
    ])
      expect(await answerTo(request)).toEqual({ value: true, known: true, reasons: [], stock: true });
  });

  it("miss the minutes before 1970 as any others, in a window that begins there", async () => {
    const rows = [0, 1].map((minute) => ({ at: `1970-01-01T00:0${minute}:00Z`, green: { requests: 10, errors: 0 } }));
    const over = (rule: JsonValue): JsonValue => ({ rule, window: rows, now: "1970-01-01T00:02:00Z" });

    expect(
      await answersTo(
        over({ stat: ["green.requests", "sum", "2m"] }),
        over({ stat: ["green.requests", "sum", "5m"] }),
        over({ evidence_below: ["green.errors", "green.requests", 0.01, "5m"] }),
        over({ coverage: ["5m"] }),
      ),
    ).toMatchObject([{ value: 20 }, { known: false }, { known: false }, { value: 0.4 }]);
  });

  it("say what is wrong with their arguments", async () => {
    expect(await answerTo({ rule: { "!": [{ stat: ["green.errors", "mean", "5m"] }] }, window, now })).toMatchObject({
      known: false,
      reasons: [expect.stringContaining('/!/0/stat: "stat": there is no statistic "mean"')],
    });
  });
});

describe("a line that cannot be evaluated", () => {
  const good = JSON.stringify({ rule: 1 });

  it.each<[what: string, line: string, why: RegExp]>([
    ["no JSON", "garbage", /not JSON/],
    ["nothing at all", "", /not JSON/],
    ["cut off", '{"rule": {"<": [1', /not JSON/],
    ["no object", "[1]", /no object/],
    ["no rule", '{"data": {}}', /no "rule"/],
    ["no now", '{"rule": 1, "window": []}', /"now" is missing/],
    ["a day that no month has", '{"rule": 1, "window": [], "now": "2026-04-31T12:00:00Z"}', /no instant/],
    ["a now without a zone", '{"rule": 1, "window": [], "now": "2026-01-05T12:00:00"}', /no instant/],
    ["a window that is no list", '{"rule": 1, "window": {}, "now": "2026-01-05T12:00:00Z"}', /no list/],
    ["a row that is no object", '{"rule": 1, "window": [3], "now": "2026-01-05T12:00:00Z"}', /row 0/],
    ["a row without its minute", '{"rule": 1, "window": [{"a": 1}], "now": "2026-01-05T12:00:00Z"}', /"at" of row 0/],
    [
      "a row within a minute",
      '{"rule": 1, "window": [{"at": "2026-01-05T11:59:30Z"}], "now": "2026-01-05T12:00:00Z"}',
      /within a minute/,
    ],
    [
      "a minute twice",
      '{"rule": 1, "window": [{"at": "2026-01-05T11:59:00Z"}, {"at": "2026-01-05T11:59:00Z"}], "now": "2026-01-05T12:00:00Z"}',
      /row 1 repeats/,
    ],
    ["a key twice", '{"rule": {"<": [500, 10], "<": [1, 2]}}', /"<" stands twice/],
    ["a key twice, spelt differently", '{"rule": 1, "data": {"lag": 9, "l\\u0061g": 1}}', /"lag" stands twice/],
    ["a rule too deep", `{"rule": ${'{"!":['.repeat(66)}1${"]}".repeat(66)}}`, /deeper than 64/],
    ["a rule too large", `{"rule": {"and": [${"1,".repeat(2000)}1]}}`, /more than 2000 parts/],
    ["a million levels", `{"rule": ${"[".repeat(500_000)}${"]".repeat(500_000)}}`, /nested deeper|longer than/],
    ["a million brackets and nothing else", "[".repeat(1_000_000), /nested deeper/],
    ["more than a mebibyte", `{"rule": "${"x".repeat(1024 * 1024)}"}`, /longer than 1048576 bytes/],
  ])("is answered with the reason: %s", async (_, line, why) => {
    const { answers, exitCode, notes } = await batchOf(`${good}\n${line}\n${good}\n`);

    expect(answers).toHaveLength(3);
    expect(answers[1]).toEqual({ value: null, known: false, reasons: [expect.stringMatching(why)], stock: null });
    expect(answers[1]?.reasons[0]).toMatch(/^line 2: /);
    expect([answers[0]?.value, answers[2]?.value]).toEqual([1, 1]);
    expect(exitCode).toBe(1);
    expect(notes).toEqual(["1 of 3 lines could not be evaluated; their answers say why."]);
  });

  it("is one of bytes that are no text", async () => {
    const junk = Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 0x80]), Buffer.from(`\n${good}`)]);

    expect((await batchOf(junk)).answers.map(({ reasons, value }) => [reasons[0], value])).toEqual([
      ["line 1: not UTF-8. Write JSON as UTF-8 text", null],
      [undefined, 1],
    ]);
  });

  it("says so where nothing is in it", async () => {
    expect((await batchOf(`${good}\n \r\n`)).answers.map(({ reasons }) => reasons[0])).toEqual([
      undefined,
      "line 2: not JSON: nothing is in it. Write a value, or leave it out",
    ]);
  });

  it("is not one whose rule comes to unknown", async () => {
    expect((await batchOf('{"rule": {"var": "gone"}}\n')).exitCode).toBe(0);
  });
});

describe("a batch", () => {
  it("is the same however it is cut into pieces", async () => {
    const text = `\uFEFF{"rule": "ä€😀"}\r\n{"rule": 2}\nbroken\n{"rule": 3}`;
    const whole = await batchOf(text);

    expect(whole.answers.map(({ value }) => value)).toEqual(["ä€😀", 2, null, 3]);
    for (const pieces of [1, 2, 3, 7]) expect(await batchOf(text, pieces)).toEqual(whole);
  });

  it("answers what has come in before it waits for more", async () => {
    const seen: string[] = [];
    const asking = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"rule": 1}\n{"rule"');
      seen.push("waits");
      yield Buffer.from(": 2}\n");
    };
    const write = async (text: string): Promise<void> => void seen.push(...(text.match(/"value":\d/g) ?? []));

    await policyEvalBatch({ input: asking(), write, note: () => {} }, { minCoverage: 0.9, newestMinute: "required" });
    expect(seen).toEqual(['"value":1', "waits", '"value":2']);
  });

  it("of nothing is nothing", async () => {
    expect(await batchOf("")).toEqual({ answers: [], exitCode: 0, notes: [] });
  });
});

describe("what would exhaust or run something", () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const twice = { var: "accumulator" };
  const hundred = numbers(100);
  const cubed: JsonValue = { map: [hundred, { map: [hundred, { map: [hundred, { map: [hundred, 1] }] }] }] };

  it.each<[string, JsonValue]>([
    ["a text that doubles", { reduce: [numbers(40), { cat: [twice, twice] }, "x"] }],
    ["a list that doubles", { reduce: [numbers(40), { merge: [twice, twice] }, [1]] }],
    ["lists in lists that double", { reduce: [numbers(40), [twice, twice], 1] }],
    ["maps in maps", cubed],
    ["the same where only stock gets to it", { if: [{ var: "gone" }, 1, cubed] }],
    ["the same beside a deciding operand", { or: [cubed, true] }],
  ])("ends as unknown, for stock as well: %s", async (_, rule) => {
    expect(await answerTo({ rule, data: {} })).toMatchObject({
      value: null,
      known: false,
      stock: { skipped: expect.stringMatching(/./) },
    });
  });

  it("joins no thousand long texts, and merges no thousand long lists", async () => {
    const many = Array.from({ length: 1000 }, () => ({ var: "long" }));
    const answers = await answersTo(
      { rule: { cat: many }, data: { long: "x".repeat(500_000) } },
      { rule: { merge: many }, data: { long: numbers(100_000) } },
      { rule: many, data: { long: "x".repeat(500_000) } },
    );

    expect(answers.map(({ known }) => known)).toEqual([false, false, false]);
  });

  it.each<[string, JsonValue]>([
    ["missing", { missing: { var: "keys" } }],
    ["missing_some", { missing_some: [1, { var: "keys" }] }],
  ])("never evaluates data as logic, in stock neither: %s", async (_, rule) => {
    for (const key of [{ log: "executed" }, { var: "secret" }, [{ var: "secret" }]]) {
      expect(await answerTo({ rule, data: { keys: [key], secret: "s" } })).toMatchObject({
        known: false,
        stock: { skipped: "it would evaluate data as logic" },
      });
    }
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "constructor.constructor"])(
    "reads %s only where the data have it",
    async (name) => {
      const data = JSON.parse(`{${JSON.stringify(name)}: 7}`) as JsonValue;
      const [inherited, own, operator] = await answersTo(
        { rule: { var: name }, data: {} },
        { rule: { var: name }, data },
        { rule: JSON.parse(`{${JSON.stringify(name)}: [1]}`) as JsonValue },
      );

      expect(inherited).toMatchObject({ known: false });
      expect(own).toMatchObject(name.includes(".") ? { known: false } : { value: 7, known: true });
      expect(operator).toMatchObject({ known: false });
    },
  );
});

describe("evidence over a window", () => {
  const at = (minute: number) => `2026-01-05T12:${String(minute).padStart(2, "0")}:00Z`;
  const both = [20, 21, 22].map((minute) => ({
    at: at(minute),
    green: { requests: 150, errors5xx: 9 },
    blue: { requests: 450, errors5xx: 1 },
  }));
  /** Blue's errors come in clumps: none, and none, and twenty. */
  const clumped = (from: number, green: { readonly [name: string]: JsonValue } = { requests: 0 }) =>
    Array.from({ length: 12 }, (_, index) => ({
      at: at(from + index),
      blue: { requests: 450, errors5xx: index % 3 === 2 ? 20 : 0 },
      green,
    }));
  const signals = ["green.errors5xx", "green.requests", "blue.errors5xx", "blue.requests"];
  const worse: JsonValue = { evidence_worse: [...signals, 1.25, "3m"] };
  const evidence = async (window: JsonValue, rule = worse): Promise<number> =>
    Number((await answerTo({ rule, window, now: at(23) }))["value"] ?? Number.NaN);

  it("counts for less by how blue's errors came in clumps before green had traffic", async () => {
    expect(await evidence(both)).toBeGreaterThan(200);
    expect(await evidence([...clumped(5), ...both])).toBeLessThan(10);
  });

  it.each([
    ["minutes after now", [...both, ...clumped(30)]],
    ["minutes after green's first traffic", [{ ...both[0], at: at(4) }, ...clumped(5), ...both]],
    ["minutes in which nobody could count green's requests", [...clumped(5, { requests: null }), ...both]],
    [
      "counts below 0",
      [
        ...clumped(5).map((row, index) => ({ ...row, blue: { requests: 450, errors5xx: index % 3 === 2 ? 20 : -1 } })),
        ...both,
      ],
    ],
  ])("learns nothing of blue's habits from %s", async (_what, window) => {
    expect(await evidence(window)).toBe(await evidence(both));
  });

  it("is unknown of more than can be counted exactly", async () => {
    const window = [{ at: at(22), green: { requests: 1.2e308, errors5xx: 3 }, blue: { requests: 450, errors5xx: 3 } }];
    const shares: JsonValue = { rate_upper: ["green.errors5xx", "green.requests", "1m", 0.95] };

    for (const rule of [{ evidence_worse: [...signals, 1.25, "1m"] }, shares])
      expect(await answerTo({ rule, window, now: at(23) })).toMatchObject({ value: null, known: false });
  });
});
