import { isDuration, MINUTE_MS, parseDuration } from "../../kernel/units.ts";
import { LARGEST_RATIO } from "./evidence/evidence-test.ts";
import type { ArgumentKind } from "./operation.ts";
import { STATISTICS } from "./statistics.ts";

/** How far back a policy may look. The guard reads that many snapshots a tick; longer proof belongs into evidence and soak. */
export const LONGEST_WINDOW = "60m";

const windowProblem = (text: string): string | null => {
  if (!isDuration(text)) return `"${text}" is no window such as 3m or 15m`;
  const length = parseDuration(text);
  if (length % MINUTE_MS !== 0) return `the window ${text} is no whole number of minutes; metrics come by the minute`;
  return length > parseDuration(LONGEST_WINDOW) ? `the window ${text} is longer than ${LONGEST_WINDOW}` : null;
};

const WORDS: Readonly<Record<ArgumentKind, string>> = {
  series: "signal",
  "row-signal": "signal",
  signal: "signal",
  window: "window",
  "look-back": "window|step|soak",
  statistic: [...STATISTICS.keys()].join("|"),
  share: "number between 0 and 1",
  ratio: `number between 0 and ${LARGEST_RATIO}`,
};

const numberProblem = (kind: "share" | "ratio", given: unknown): string | null => {
  const most = kind === "share" ? 1 : LARGEST_RATIO;
  return typeof given === "number" && given > 0 && given < most
    ? null
    : `where a ${WORDS[kind]} belongs stands ${JSON.stringify(given)}`;
};

const literalProblem = (kind: ArgumentKind, given: unknown): string | null => {
  if (kind === "share" || kind === "ratio") return numberProblem(kind, given);
  if (typeof given !== "string" || given === "") return `where ${WORDS[kind]} belongs stands ${JSON.stringify(given)}`;
  if (kind === "look-back" && (given === "step" || given === "soak")) return null;
  if (kind === "window" || kind === "look-back") return windowProblem(given);
  if (kind === "statistic" && !STATISTICS.has(given)) return `there is no statistic "${given}" (${WORDS.statistic})`;
  return null;
};

/**
 * What is wrong with the arguments of an operation, null where nothing is. Whether the catalogue has the signals is a
 * matter of the linter.
 */
export const argumentProblem = (
  name: string,
  forms: readonly (readonly ArgumentKind[])[],
  given: readonly unknown[],
): string | null => {
  const form = forms.find((each) => each.length === given.length);
  if (form === undefined) {
    const usages = forms.map((each) => `{"${name}": [${each.map((kind) => WORDS[kind]).join(", ")}]}`);
    return `"${name}" is written ${usages.join(" or ")}, with literal arguments; here are ${given.length}`;
  }
  for (const [index, kind] of form.entries()) {
    const problem = literalProblem(kind, given[index]);
    if (problem !== null) return `"${name}": ${problem}; its arguments are literal`;
  }
  return slopeProblem(form, given);
};

const slopeProblem = (form: readonly ArgumentKind[], given: readonly unknown[]): string | null => {
  const [statistic, window] = (["statistic", "window"] as const).map((kind) => given[form.indexOf(kind)]);
  return statistic === "slope" && parseDuration(String(window)) < 2 * MINUTE_MS
    ? `a slope of ${String(window)} has no value: it takes two minutes at least`
    : null;
};
