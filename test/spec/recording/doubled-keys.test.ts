import { describe, expect, it } from "vitest";
import { plainLine } from "../../support/recorded.ts";
import { replayed } from "../../support/replayed.ts";
import { smallPolicy } from "../../support/small-policy.ts";

const GOOD = plainLine(1, 5);
const second = (line: string) => replayed({ recording: `${plainLine(0, 5)}\n${line}\n`, policy: smallPolicy() });
const noted = (note: string): string => GOOD.replace('"weight"', `"note":${note},"weight"`);

describe("a key that stands twice in a line of minutes", () => {
  it.each([
    ["of the line", GOOD.replace('"weight":5', '"weight":5,"weight":99'), "weight"],
    ["with the same value", GOOD.replace('"weight":5', '"weight":5 , "weight" : 5'), "weight"],
    ["of a group", GOOD.replace('"errors5xx":0', '"errors5xx":0,"errors5xx":9'), "errors5xx"],
    ["a whole group", GOOD.replace('"green"', '"green":{"requests":1},"green"'), "green"],
    ["spelt otherwise", GOOD.replace('"weight":5', '"weight":5,"\\u0077eight":99'), "weight"],
    ["beside a text with escapes", noted('"\\u003a"').replace('"weight":5', '"weight":5,"weight":6'), "weight"],
    ["deep in a note", noted('{"a":{"b":{"c":1,"c":2}}}'), "c"],
    ["in the first line of all", "", "weight"],
  ])("is refused, by its line: %s", async (_, line, key) => {
    const first = GOOD.replace('"weight":5', '"weight":5,"weight":5');
    const { exitCode, document } = line === "" ? await replayed({ recording: first }) : await second(line);

    expect(exitCode).toBe(1);
    expect(document.error.what).toContain(`recording.ndjson:${line === "" ? 1 : 2}:`);
    expect(document.error.why).toBe(`the key "${key}" stands twice; only the last would count.`);
  });

  it.each([
    ["in a text", noted('"a: b: \\"weight\\": 7"')],
    ["in another object", noted('[{"a":1},{"a":2},{"weight":{"weight":3}}]')],
    [
      "nowhere, and colons in a reason",
      GOOD.replace('"weight"', '"absent":{"blue.requests":"read: no answer"},"weight"'),
    ],
    ["nowhere, a thousand levels deep", noted(`${"[".repeat(1_000)}${"]".repeat(1_000)}`)],
  ])("is not seen where it stands %s", async (_, line) => {
    expect((await second(line)).document).toMatchObject({ form: "plain", ticks: 2 });
  });
});
