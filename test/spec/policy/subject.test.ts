import { describe, expect, it } from "vitest";
import { toIso } from "../../../src/kernel/instant.ts";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";
import { NOTHING_OBSERVED } from "../../../src/policy/evaluate-plain.ts";
import { instantAt, readSubject } from "../../../src/policy/subject.ts";

const NOW = "2026-01-05T12:05:00Z";
const at = (minute: number) => `2026-01-05T12:0${minute}:00Z`;
const failure = (request: JsonObject) => {
  const read = readSubject(request);
  return read.ok ? null : read.failure;
};

describe("an instant", () => {
  it.each([
    "2026-01-05T12:00:00Z",
    "2026-01-05T13:00:00+01:00",
    "2026-01-05T07:00:00-0500",
    "2026-01-05T12:00:00.000Z",
  ])("has a zone: %s", (text) => {
    expect(toIso(instantAt(text) ?? (0 as never))).toBe("2026-01-05T12:00:00.000Z");
  });

  it.each<[JsonValue | undefined]>([
    ["2026-01-05T12:00:00"],
    ["2026-01-05"],
    ["2026-01-05Z"],
    ["2026-01-05T12:00:00Z or so"],
    ["2026-01-05T12:00:00+1:00"],
    ["2026-01-05T12:00:00+01:0"],
    ["2026-02-31T12:00:00Z"],
    [1_767_614_400_000],
    [["2026-01-05T12:00:00Z"]],
    [null],
    [undefined],
  ])("is none without one, or where there is no such day: %j", (value) => {
    expect(instantAt(value)).toBeNull();
  });
});

describe("what a request is evaluated over", () => {
  it("are its data, or none", () => {
    expect(readSubject({ data: { a: 1 } })).toEqual({ ok: true, value: { data: { a: 1 }, ...NOTHING_OBSERVED } });
    expect(readSubject({ data: null })).toEqual({ ok: true, value: { data: null, ...NOTHING_OBSERVED } });
    expect(readSubject({})).toEqual({ ok: true, value: { data: null, ...NOTHING_OBSERVED } });
  });

  it("are its minutes, oldest first whatever the order, and what each of them holds", () => {
    const window = [2, 0, 1].map((minute) => ({ at: at(minute), green: { requests: minute } }));

    expect(readSubject({ window, now: NOW })).toEqual({
      ok: true,
      value: {
        now: instantAt(NOW),
        minutes: [0, 1, 2].map((minute) => ({
          at: instantAt(at(minute)),
          readings: { values: { green: { requests: minute } }, absent: {} },
        })),
      },
    });
  });

  it("are both", () => {
    expect(readSubject({ data: 7, window: [], now: NOW })).toEqual({
      ok: true,
      value: { data: 7, now: instantAt(NOW), minutes: [] },
    });
  });

  it("is nothing that only a prototype has", () => {
    const inherited = Object.create({ data: 7, window: 3 }) as JsonObject;

    expect(readSubject(inherited)).toEqual({ ok: true, value: { data: null, ...NOTHING_OBSERVED } });
  });

  const give = "Give an instant such as 2026-01-05T12:00:00Z";
  it.each<[JsonObject, string]>([
    [{ window: [] }, `"now" is missing; a window is looked at from somewhere. ${give}`],
    [{ window: [], now: "noon" }, `"now" is no instant; a window is looked at from somewhere. ${give}`],
    [{ window: {}, now: NOW }, '"window" is no list. Give its minutes: [{"at": …, "green": {…}}, …]'],
    [{ window: [{ at: at(0) }, 3], now: NOW }, 'row 1 of the window is no object. Give {"at": …, "green": {…}}'],
    [
      { window: [{ at: "noon" }], now: NOW },
      '"at" of row 0 is no instant. Give the start of its minute, an instant such as 2026-01-05T12:00:00Z',
    ],
    [
      { window: [{ at: "2026-01-05T12:00:30Z" }], now: NOW },
      '"at" of row 0 is within a minute. Give the start of the minute that its values speak for',
    ],
    [
      { window: [{ at: at(0) }, { at: at(1) }, { at: "2026-01-05T13:00:00+01:00" }], now: NOW },
      "row 2 repeats the minute of an earlier row. Give each minute once",
    ],
  ])("cannot be said of %j, and what to do is", (request, says) => {
    expect(failure(request)).toBe(says);
  });
});
