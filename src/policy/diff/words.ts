import { canonicalJson } from "../../kernel/json.ts";
import { substituteParams } from "../params.ts";
import type { Policy, Rule } from "../policy-file.ts";
import { type Change, change } from "./change.ts";

interface Named {
  readonly name: string;
  readonly why: string;
  readonly rule: Rule;
}

const gatesOf = ({ gates }: Policy): readonly Named[] =>
  Object.entries(gates).map(([name, { why, rule }]) => ({ name, why, rule }));
const rollbackOf = ({ rollback }: Policy): readonly Named[] =>
  rollback.map(({ id, why, when }) => ({ name: id, why, rule: when }));

/** What only people read: names, sentences, and what nothing asks. */
export const wordChanges = (before: Policy, after: Policy): readonly Change[] => [
  ...(before.name === after.name ? [] : [change("neutral", "policy", `was called ${before.name}, now ${after.name}`)]),
  ...(before.description === after.description ? [] : [change("neutral", "policy", "description: words only")]),
  ...named("gate", gatesOf(before), gatesOf(after), before, after),
  ...named("rollback rule", rollbackOf(before), rollbackOf(after), before, after),
  ...exceptionWords(before, after),
];

const named = (
  kind: string,
  before: readonly Named[],
  after: readonly Named[],
  ...[old, now]: readonly [Policy, Policy]
): readonly Change[] => {
  const text = ({ rule }: Named, { params }: Policy): string => canonicalJson(substituteParams(rule, params ?? {}));
  const has = (list: readonly Named[], name: string): boolean => list.some((each) => each.name === name);
  return after.flatMap((one) => {
    const same = before.find(({ name }) => name === one.name);
    if (same !== undefined)
      return same.why === one.why ? [] : [change("neutral", `${kind} ${one.name}`, "why: words only")];
    const renamed = before.find((each) => !has(after, each.name) && text(each, old) === text(one, now));
    return renamed === undefined ? [] : [change("neutral", `${kind} ${one.name}`, `was called ${renamed.name}`)];
  });
};

const exceptionWords = (before: Policy, after: Policy): readonly Change[] =>
  (["freeze", "waivers"] as const).flatMap((field) => {
    const texts = (policy: Policy): readonly string[] =>
      policy[field].map((each) => canonicalJson({ ...each, why: "" }));
    const whys = (policy: Policy): string => canonicalJson(policy[field].map(({ why }) => why));
    return canonicalJson(texts(before)) === canonicalJson(texts(after)) && whys(before) !== whys(after)
      ? [change("neutral", field, "why: words only")]
      : [];
  });

/** Changed, and no step, start or decommission asks it in either policy. */
export const unaskedChanges = (before: Policy, after: Policy, asked: ReadonlySet<string>): readonly Change[] => {
  const names = [...new Set([...Object.keys(before.gates), ...Object.keys(after.gates)])];
  return names.flatMap((name) => {
    const rules = [before, after].map(({ gates, params }) =>
      Object.hasOwn(gates, name) ? canonicalJson(substituteParams(gates[name]?.rule ?? null, params ?? {})) : "",
    );
    return asked.has(name) || rules[0] === rules[1]
      ? []
      : [change("neutral", `gate ${name}`, "changed, and nothing asks it")];
  });
};
