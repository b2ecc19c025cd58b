import { describe, expect, it } from "vitest";
import { firstBeyondDouble } from "../../../src/policy/checks/beyond-double.ts";
import { offsetDeeperThan, scanJson } from "../../../src/policy/checks/json-scan.ts";
import { LARGEST_FILE, locateAll, readJson } from "../../../src/policy/checks/json-text.ts";
import { error, fileProblem, finding, inOrder, sayProblem } from "../../../src/policy/checks/problem.ts";

/** Why a text is not read: `line:column rule pointer message`. */
const refused = (text: string): string => {
  const read = readJson(text, "file.json");
  if (!("problems" in read)) return "read";
  return read.problems
    .map(
      ({ level, file, line, column, rule, pointer, message }) =>
        `${level} ${file} ${line}:${column} ${rule} ${pointer} ${message}`,
    )
    .join("\n");
};

/** Where a finding of a pointer stands in a text: `line:column`. */
const placeOf = (text: string, pointer: string, ofName = false): string => {
  const read = readJson(text, "file.json");
  if ("problems" in read) return "unread";
  const found = finding("invalid-value", pointer, "x");
  const { line, column } = read.locate(ofName ? { ...found, ofName: true } : found);
  return `${line}:${column}`;
};

describe("a text that is not read", () => {
  const cure = "Fix the text; JSON has no comments and no trailing commas";

  it.each<[string, string, string]>([
    ["empty", "", "1:1 empty-file  nothing is in it, value expected; write the file, or remove it"],
    ["blank", " \n\t\n", "1:1 empty-file  nothing is in it, value expected; write the file, or remove it"],
    [
      "with a NUL byte",
      '{\n "a": "\0"}',
      "2:8 not-text  a NUL byte is in it: this is no text file; save it as UTF-8 text",
    ],
    ["with a comment", '{ "a": 1 // why\n}', `1:10 not-json  not JSON: invalid comment token. ${cure}`],
    ["with a trailing comma", "[\n1,\n]", `3:1 not-json  not JSON: value expected. ${cure}`],
    ["that breaks off", '{"a":', `1:6 not-json  not JSON: value expected. ${cure}`],
    ["without an end", '{"a": 1', `1:8 not-json  not JSON: close brace expected. ${cure}`],
    ["without a comma", "[1 2]", `1:4 not-json  not JSON: comma expected. ${cure}`],
    ["with more behind it", "1 2", `1:3 not-json  not JSON: end of file expected. ${cure}`],
    ["with a word", "nul", `1:1 not-json  not JSON: invalid symbol. ${cure}`],
    ["with a number that none is", "01", `1:2 not-json  not JSON: end of file expected. ${cure}`],
    [
      "with a number beyond all",
      '{"a": [1,\n 2e999]}',
      "2:2 invalid-value /a/1 the number is too large for a double, which holds at most 1.8e+308; write a smaller one",
    ],
  ])("is told of at its place: %s", (_, text, says) => {
    expect(refused(text)).toBe(`error file.json ${says}`);
  });

  it("is one beyond a mebibyte, by its bytes", () => {
    const says = `error file.json 1:1 too-large  the file is larger than ${1_048_576} bytes; no policy, cutover or fixture needs that`;
    const text = (length: number, of = "x") => JSON.stringify(of.repeat(length));

    expect(LARGEST_FILE).toBe(1_048_576);
    expect(refused(text(LARGEST_FILE - 2))).toBe("read");
    expect(refused(text(LARGEST_FILE - 1))).toBe(says);
    expect(refused(text(LARGEST_FILE / 2 - 1, "ä"))).toBe("read");
    expect(refused(text(LARGEST_FILE / 2, "ä"))).toBe(says);
  });

  it("is one beyond two hundred levels, wherever they begin", () => {
    const deep = (levels: number) => `\n${"[".repeat(levels)}${"]".repeat(levels)}`;

    expect(refused(deep(200))).toBe("read");
    expect(refused(deep(201))).toBe("error file.json 2:201 too-deep  nested deeper than 200 levels; flatten it");
  });

  it("is read where nothing is wrong with it, with a byte order mark or without", () => {
    expect(readJson('\uFEFF{"a": [1, 2.5e3, true, null, "ü"]}', "file.json")).toMatchObject({
      value: { a: [1, 2500, true, null, "ü"] },
      findings: [],
    });
  });
});

describe("the place of a finding", () => {
  const text = '{\n  "a": [1, {"b/c": 2, "~d": 3}],\n  "e": 4,\n  "e": 5\n}';

  it.each([
    ["", "1:1"],
    ["/a", "2:8"],
    ["/a/0", "2:9"],
    ["/a/1", "2:12"],
    ["/a/1/b~1c", "2:20"],
    ["/a/1/~0d", "2:29"],
    // Of a key that stands twice the last counts.
    ["/e", "4:8"],
    // What is not there is told of by what it would stand in.
    ["/a/7", "2:8"],
    ["/a/1/x", "2:12"],
    ["/a/0/x/y", "2:9"],
    ["/x", "1:1"],
  ])("%s is %s", (pointer, place) => {
    expect(placeOf(text, pointer)).toBe(place);
  });

  it.each([
    ["/a", "2:3"],
    ["/a/1/~0d", "2:23"],
    ["/e", "4:3"],
    // Of an element of a list, and of the whole, there is no name.
    ["/a/0", "2:9"],
    ["", "1:1"],
  ])("is that of its name where it is of a name: %s is %s", (pointer, place) => {
    expect(placeOf(text, pointer, true)).toBe(place);
  });

  it.each([
    ["\n", "3:1"],
    ["\r\n", "3:1"],
    ["\r", "3:1"],
    ["\u2028", "1:6"],
  ])("counts lines that end with %j", (end, place) => {
    const [a, b] = ["[1,", "2]"];
    expect(placeOf(end === "\u2028" ? `["${end}",2]` : `${a}${end}${end}${b}`, "/1")).toBe(place);
  });

  it("is said with what is made for it alone, and not with half a megabyte", () => {
    const read = readJson("[1]", "file.json");
    if ("problems" in read) throw new Error("it is read");
    let made = 0;
    const lazy = finding("invalid-value", "/0", () => {
      made += 1;
      return `"${"x".repeat(10_000)}" is long`;
    });

    expect(made).toBe(0);
    expect(read.locate(lazy).message).toBe(`"${"x".repeat(79)}…${"x".repeat(19)}" is long`);
    expect(made).toBe(1);
  });
});

describe("keys that stand twice", () => {
  const twice = (text: string): readonly string[] => {
    const read = readJson(text, "file.json");
    if ("problems" in read) return ["unread"];
    return read.findings.map((each) => {
      const { line, column, level, rule, pointer, message } = read.locate(each);
      return `${line}:${column} ${level} ${rule} ${pointer} ${message}`;
    });
  };
  const says = (place: string, pointer: string, key: string) =>
    `${place} error duplicate-key ${pointer} the key "${key}" stands twice, here for the last time; only this one would count. Remove one`;

  it("are told of where the last of them stands", () => {
    expect(twice('{"a": 1, "a": 2}')).toEqual([says("1:10", "/a", "a")]);
    expect(twice('[0, {"b": {"c/d": 1, "e": 2, "c\\/d": 3}}]')).toEqual([says("1:30", "/1/b/c~1d", "c/d")]);
    expect(twice('{"a": {"b": 1, "b": 2},\n"a": {"b": 3, "b": 4}}')).toEqual([
      says("2:15", "/a/b", "b"),
      says("2:1", "/a", "a"),
      says("2:15", "/a/b", "b"),
    ]);
  });

  it("are none in two objects, and none that are no keys", () => {
    expect(twice('[{"a": 1}, {"a": 1}, "a", "a", ["a", "a"]]')).toEqual([]);
    expect(twice('"a"')).toEqual([]);
  });
});

describe("what is looked for before a text is parsed", () => {
  it("is how deep it goes, outside of its texts", () => {
    expect(offsetDeeperThan("[[]]", 2)).toBeNull();
    expect(offsetDeeperThan("[[]]", 1)).toBe(1);
    expect(offsetDeeperThan('{"a":{"b":[]}}', 2)).toBe(10);
    expect(offsetDeeperThan("[][][]", 1)).toBeNull();
    expect(offsetDeeperThan('["[[{", []]', 2)).toBeNull();
    expect(offsetDeeperThan('["\\"[[", [[]]]', 2)).toBe(10);
    expect(offsetDeeperThan('["\\\\", [[]]]', 2)).toBe(8);
    expect(offsetDeeperThan('["[[[', 2)).toBeNull();
    expect(offsetDeeperThan("", 0)).toBeNull();
  });

  const doubled = (key: string, offset: number) => ({
    offset,
    message: `the key "${key}" stands twice; only the last would count`,
  });

  it.each<[string, ReturnType<typeof scanJson>]>([
    ['{"a":1,"a":2}', doubled("a", 7)],
    ['{"a" \n:1,"\\u0061"\t :2}', doubled("a", 9)],
    ['{"a":{"b":1},"b":2}', null],
    ['[{"c":1},{"c":1}]', null],
    ['{"a":{"b":1},"a":2}', doubled("a", 13)],
    ['{"a":{"b":1,"b":2}}', doubled("b", 12)],
    ['[{"a":1,"x":2,"a":2}]', doubled("a", 14)],
    ['{"a":{"x":1},"b":[],"a":2}', doubled("a", 20)],
    ['{"a":"b","b":"a","c":"a"}', null],
    ['["a","a"]', null],
    ['["a":1,"a":2]', null],
    ['"a":"a":', null],
    ['{"a\\"b":1,"a\\"b":2}', doubled('a"b', 10)],
    ['{"\\x":1,"\\x":2}', doubled("\\x", 8)],
    ['{"\\x":1,"\\y":2}', null],
    ['{"a":1,"a"', null],
    ['{"a', null],
    ["[[1],[2]]", null],
    ["[[[1]]]", { offset: 2, message: "nested deeper than 2 levels" }],
    ['{"[[[":["[[["]}', null],
    ['{"{":1,"}":{"]":[]}}', { offset: 16, message: "nested deeper than 2 levels" }],
  ])("is a key that stands twice, or one level too many: %j", (text, problem) => {
    expect(scanJson(text, 2)).toEqual(problem);
  });

  it("is the first number that no double holds", () => {
    expect(firstBeyondDouble(JSON.parse("1e999"))).toBe("");
    expect(firstBeyondDouble(JSON.parse('{"a": {"b/c": [1, null, "x", -1e999]}, "d": 1e999}'))).toBe("/a/b~1c/3");
    expect(firstBeyondDouble(JSON.parse('{"a": {}, "b": [], "c": [[1e308]], "d": "1e999", "e": null}'))).toBeNull();
  });
});

describe("a great many findings", () => {
  const findings = (count: number, rule: "unused-gate" | "invalid-value") =>
    Array.from({ length: count }, (_, index) => finding(rule, `/${index}`, `${rule} ${index}`));
  const listed = (...of: ReturnType<typeof findings>[]) => {
    const read = readJson("[]", "file.json");
    return "problems" in read ? [] : locateAll(of.flat(), read.locate);
  };

  it("of a hundred are all listed, in their order", () => {
    const all = listed(findings(60, "unused-gate"), findings(40, "invalid-value"));

    expect(all.map(({ message }) => message)).toEqual([
      ...Array.from({ length: 60 }, (_, index) => `unused-gate ${index}`),
      ...Array.from({ length: 40 }, (_, index) => `invalid-value ${index}`),
    ]);
  });

  it("of more are a hundred, the errors first, and said to be more", () => {
    const all = listed(findings(99, "unused-gate"), findings(2, "invalid-value"));

    expect(all).toHaveLength(101);
    expect(all.slice(0, 3).map(({ message }) => message)).toEqual([
      "invalid-value 0",
      "invalid-value 1",
      "unused-gate 0",
    ]);
    expect(all.at(99)).toMatchObject({ message: "unused-gate 97" });
    expect(all.at(100)).toMatchObject({
      rule: "too-many-findings",
      level: "error",
      pointer: "",
      message: "101 findings; only 100 are listed. Correct these and look again",
    });
  });

  it("lists each of them once, wherever the errors stand", () => {
    const all = listed(findings(2, "invalid-value"), findings(99, "unused-gate"));

    expect(new Set(all.map(({ message }) => message)).size).toBe(101);
  });

  it("that are warnings alone end with one", () => {
    expect(listed(findings(101, "unused-gate")).at(100)).toMatchObject({ level: "warning" });
  });
});

describe("a problem as it is said", () => {
  const problem = { ...fileProblem("too-large", "a.json", "too large"), line: 3, column: 7 };

  it("has its file, place, level, pointer, message and rule", () => {
    expect(fileProblem("too-large", "a.json", "too large")).toEqual({
      rule: "too-large",
      level: "error",
      pointer: "",
      message: "too large",
      file: "a.json",
      line: 1,
      column: 1,
    });
    expect(error("/a", "odd")).toEqual({ rule: "invalid-fixture", level: "error", pointer: "/a", message: "odd" });
    expect(sayProblem(problem)).toBe("a.json:3:7 error too large [too-large]");
    expect(sayProblem({ ...problem, pointer: "/a/b", level: "warning" })).toBe(
      "a.json:3:7 warning /a/b: too large [too-large]",
    );
    expect(sayProblem({ ...problem, pointer: `/${"x".repeat(10_000)}` }).length).toBeLessThan(200);
    expect(fileProblem("too-large", "a.json", "x".repeat(10_000)).message.length).toBeLessThan(200);
  });

  it("comes as it stands in the text", () => {
    const at = (line: number, column: number) => ({ ...problem, line, column });

    expect(inOrder([at(3, 1), at(2, 9), at(2, 1), at(10, 1)])).toEqual([at(2, 1), at(2, 9), at(3, 1), at(10, 1)]);
  });
});
