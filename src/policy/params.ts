import type { JsonValue } from "../kernel/json.ts";
import type { Rule } from "./policy-file.ts";

/** Nothing that deep is a rule; its shape will be refused. */
const DEEPEST = 70;

const PREFIX = "params.";

/**
 * Puts a policy's parameters in as constants. Inside `all` the outer data is out of reach and operations take literals
 * only, so that `{"var": "params.lag"}` would mean nothing there. An unknown parameter is left and found by the linter.
 */
export const substituteParams = (rule: Rule, params: Readonly<Record<string, number>>): Rule => {
  if (typeof rule !== "object" || rule === null) return rule;
  const before = substituted.get(rule);
  if (before?.params === params) return before.rule;
  const after = substitute(rule, params, 0);
  substituted.set(rule, { params, rule: after });
  return after;
};

/** A policy's rules are judged every minute with the same parameters, and planned by what comes out of this. */
const substituted = new WeakMap<object, { readonly params: object; readonly rule: Rule }>();

const substitute = (rule: Rule, params: Readonly<Record<string, number>>, depth: number): Rule => {
  if (typeof rule !== "object" || rule === null || depth > DEEPEST) return rule;
  if (Array.isArray(rule)) return rule.map((part) => substitute(part, params, depth + 1));
  const entries = Object.entries(rule);
  const [operator, written] = entries[0] ?? [];
  const path: JsonValue | undefined = Array.isArray(written) && written.length === 1 ? written[0] : written;
  if (entries.length === 1 && operator === "var" && typeof path === "string" && path.startsWith(PREFIX)) {
    const name = path.slice(PREFIX.length);
    return Object.hasOwn(params, name) ? (params[name] ?? rule) : rule;
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, substitute(value, params, depth + 1)]));
};
