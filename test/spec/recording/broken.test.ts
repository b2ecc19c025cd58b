import { describe, expect, it } from "vitest";
import { livedWorld, plainLine, recordingOf } from "../../support/recorded.ts";
import { replayed } from "../../support/replayed.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const HEADER = '{"format":"pawl-recording/v1","engine":"2","cutover":"orders"}';
const GOOD = plainLine(0, 5);

/** What is said of a recording that is broken. */
const refusalOf = async (recording: string | Uint8Array) => {
  const { exitCode, document } = await replayed({ recording, policy: smallPolicy() });
  expect(exitCode).toBe(1);
  const line = /recording\.ndjson:(\d+):/.exec(document.error.what)?.[1];
  return { line: Number(line), why: document.error.why };
};

describe("a broken recording is refused, by its line", () => {
  it.each([
    ["an empty file", "", 1, /there is nothing in it/],
    ["only white space", "\n  \n", 2, /there is nothing in it/],
    ["a text", "hello\n", 1, /it is no JSON/],
    ["a list", "[1,2]\n", 1, /it is no JSON object/],
    ["another format", '{"format":"pawl-recording/v9"}\n', 1, /this pawl reads "pawl-recording\/v1"/],
    ["something else", '{"hello":1}\n', 1, /it is neither the header .* nor a minute/],
    ["a cut off line", `${GOOD}\n${GOOD.slice(0, 40)}`, 2, /it is no JSON/],
    ["a minute that is there twice", `${GOOD}\n${GOOD}\n`, 2, /is there twice/],
    ["a minute out of order", `${plainLine(3, 5)}\n${GOOD}\n`, 2, /is earlier than the one before it/],
    ["a minute of another century", `${GOOD}\n${plainLine(50_000_000, 5)}\n`, 2, /is more than four weeks after/],
    ["a minute after four weeks and one", `${GOOD}\n${plainLine(40_321, 5)}\n`, 2, /is more than four weeks after/],
    ["no weight", GOOD.replace('"weight":5,', ""), 1, /"weight" is missing/],
    ["a weight above 100", GOOD.replace('"weight":5', '"weight":101'), 1, /"weight" is no whole number from 0 to 100/],
    ["a time without a zone", GOOD.replace("Z", ""), 1, /"at" is no instant/],
    ["a time within a minute", GOOD.replace(":00.000Z", ":30Z"), 1, /"at" is within a minute/],
    ["a misspelt signal", GOOD.replace("errors5xx", "errors5x"), 1, /Did you mean "green.errors5xx"/],
    ["a misspelt group", GOOD.replace('"green"', '"gren"'), 1, /Did you mean "green"/],
    ["a reason for no signal", GOOD.replace('"weight"', '"absent":{"green.request":"?"},"weight"'), 1, /Did you mean/],
    [
      "a value that is absent",
      GOOD.replace('"weight"', '"absent":{"green.requests":"read: no answer"},"weight"'),
      1,
      /"green.requests" has a value, and "absent" says why it has none/,
    ],
    ["a text for a number", GOOD.replace('"errors5xx":0', '"errors5xx":"0"'), 1, /is a number, not "0"/],
    [
      "a state there is not",
      GOOD.replace("RUNNING", "running"),
      1,
      /"forward.state" is none of RUNNING, .*Did you mean "RUNNING"/,
    ],
    ["an unknown decision", GOOD.replace('"weight"', '"decision":"go","weight"'), 1, /"decision" is none of/],
    ["a group that is none", GOOD.replace('"weight"', '"blue":7,"weight"'), 1, /"blue" is no group of signals/],
    ["a header alone", HEADER, Number.NaN, /everything after line 1: the file was cut off/],
    ["an export of nothing", `${HEADER}\n{"end":{"lines":1}}`, Number.NaN, /ends after its header/],
    ["a line behind the last", `${HEADER}\n{"end":{"lines":1}}\n{"record":1}`, 3, /behind the line/],
    ["a line that no export writes", `${HEADER}\n{"x":1}\n`, 2, /no line of a recording/],
    ["a tick without a picture", `${HEADER}\n{"tick":"2026-01-05T12:00:00Z","change":{}}\n`, 2, /./],
    ["a change of nothing", `${HEADER}\n{"tick":"2026-01-05T12:00:00Z","change":{"state":{"x":[1]}}}\n`, 2, /./],
    ["a picture of anything", `${HEADER}\n{"tick":"2026-01-05T12:00:00Z","change":[7]}\n`, 2, /picture of the tick/],
  ])("%s", async (_, recording, line, why) => {
    const refusal = await refusalOf(recording);
    expect(refusal.line).toBe(line);
    expect(refusal.why).toMatch(why);
  });

  it("binary junk", async () => {
    expect(await refusalOf(new Uint8Array([0xff, 0xfe, 0x00, 0x80, 0x0a, 0xc3]))).toMatchObject({
      line: 1,
      why: expect.stringContaining("not UTF-8"),
    });
  });

  it("a line longer than 1 MiB, of which nothing is held", async () => {
    const long = `${GOOD}\n{"note":"${"x".repeat(1_100_000)}"}\n`;
    expect(await refusalOf(long)).toMatchObject({ line: 2, why: expect.stringContaining("longer than 1048576 bytes") });
  });

  it("a million brackets", async () => {
    expect((await refusalOf(`${HEADER}\n${"[".repeat(500_000)}${"]".repeat(500_000)}\n`)).line).toBe(2);
    const nested = `${'{"a":'.repeat(150_000)}0${"}".repeat(150_000)}`;
    expect((await refusalOf(`${HEADER}\n{"tick":"2026-01-05T12:00:00Z","change":${nested}}\n`)).line).toBe(2);
  });

  it("any line of an export with any of its bytes lost never is a bug", async () => {
    const text = await recordingOf(await livedWorld());
    const lines = text.trim().split("\n");
    for (const [index, line] of lines.entries()) {
      const broken = [...lines.slice(0, index), line.slice(0, line.length / 2), ...lines.slice(index + 1)];
      const { exitCode, document } = await replayed({ recording: broken.join("\n") });
      expect(exitCode).toBe(1);
      expect(document.error.what).toContain(`recording.ndjson:${index + 1}:`);
    }
  });

  it("an export that was cut off between two lines says so, and after which", async () => {
    const lines = (await recordingOf(await livedWorld())).trim().split("\n");
    for (const kept of [lines.length - 1, lines.length - 2, Math.floor(lines.length / 2)]) {
      const { exitCode, document } = await replayed({ recording: lines.slice(0, kept).join("\n") });
      expect(exitCode).toBe(1);
      expect(document).toMatchObject({
        ok: false,
        missing: [`everything after line ${kept}: the file was cut off before the line that an export ends with`],
      });
    }
  });

  it("an export that lacks a line, or holds one twice, is refused or comes out otherwise", async () => {
    const lines = (await recordingOf(await livedWorld())).trim().split("\n");
    const ticks = lines.flatMap((line, index) => (line.startsWith('{"tick"') ? [index] : []));
    for (const index of lines.keys()) {
      const without = lines.toSpliced(index, 1).join("\n");
      expect((await replayed({ recording: without })).exitCode).toBe(1);
    }
    for (const index of ticks) {
      const twice = lines.toSpliced(index, 0, lines[index] ?? "").join("\n");
      expect((await replayed({ recording: twice })).document.error.why).toContain("is there twice");
    }
  });
});

it("takes a gap of four weeks", async () => {
  const { exitCode } = await replayed({ recording: `${GOOD}\n${plainLine(40_320, 5)}\n`, policy: smallPolicy() });
  expect(exitCode).toBe(0);
});
