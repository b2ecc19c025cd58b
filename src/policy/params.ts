import type { JsonValue } from "../kernel/json.ts";
import type { Rule } from "./policy-file.ts";

/** Nothing that deep is a rule; its shape will be refused. */
const DEEPEST = 70;

const PREFIX = "params.";

/**
 * Puts a policy's parameters in as constants. Inside `all` the outer data is out of reach and operations take literals
 * only, so that `{"var": "params.lag"}` would mean nothing there. An unknown parameter is left and found by the linter.
 */
export const substituteParams = (rule: Rule, params: Readonly<Record<string, number>>, depth = 0): Rule => {
  if (typeof rule !== "object" || rule === null || depth > DEEPEST) return rule;
  if (Array.isArray(rule)) return rule.map((part) => substituteParams(part, params, depth + 1));
  const entries = Object.entries(rule);
  const [operator, written] = entries[0] ?? [];
  const path: JsonValue | undefined = Array.isArray(written) && written.length === 1 ? written[0] : written;
  if (entries.length === 1 && operator === "var" && typeof path === "string" && path.startsWith(PREFIX)) {
    const name = path.slice(PREFIX.length);
    return Object.hasOwn(params, name) ? (params[name] ?? rule) : rule;
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, substituteParams(value, params, depth + 1)]));
};
