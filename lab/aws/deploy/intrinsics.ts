import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";

/** What a template's expressions may speak of. Each look-up throws, naming what it does not find. */
export interface Scope {
  ref(name: string): JsonValue | typeof NO_VALUE;
  attribute(logicalId: string, attribute: string): string;
  condition(name: string): boolean;
}

/** `AWS::NoValue`: the property or member that holds it is left out. */
export const NO_VALUE = Symbol("AWS::NoValue");

type Resolved = JsonValue | typeof NO_VALUE;
type Intrinsic = (argument: JsonValue, scope: Scope) => Resolved;

/** Resolves every intrinsic function in a value. @throws an unknown function, or a name that the scope does not hold. */
export const resolve = (value: JsonValue, scope: Scope): JsonValue => {
  const resolved = evaluate(value, scope);
  if (resolved === NO_VALUE) throw new Error("AWS::NoValue stands where a value is needed");
  return resolved;
};

const evaluate = (value: JsonValue, scope: Scope): Resolved => {
  if (isList(value)) return value.map((each) => evaluate(each, scope)).filter((each) => each !== NO_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const call = callOf(value);
  if (call !== null) return intrinsic(call.name)(call.argument, scope);
  const members = Object.entries(value).map(([name, each]) => [name, evaluate(each, scope)] as const);
  return Object.fromEntries(members.filter((member): member is readonly [string, JsonValue] => member[1] !== NO_VALUE));
};

/** A function is an object with one member, named Ref, Condition or Fn::…; in policies `Condition` is an ordinary member. */
const callOf = (value: JsonObject): { readonly name: string; readonly argument: JsonValue } | null => {
  const [name = "", ...others] = Object.keys(value);
  const argument = value[name];
  if (others.length > 0 || argument === undefined) return null;
  const isCall = name === "Ref" || name.startsWith("Fn::") || (name === "Condition" && typeof argument === "string");
  return isCall ? { name, argument } : null;
};

const intrinsic = (name: string): Intrinsic => {
  const found = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  if (found === undefined) throw new Error(`the lab does not know the function ${name}`);
  return found;
};

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => scope.ref(String(name)),
  Condition: (name, scope) => scope.condition(String(name)),
  "Fn::GetAtt": (argument, scope) => {
    const [logicalId, attribute] = attributePath(argument);
    return scope.attribute(logicalId, attribute);
  },
  "Fn::Sub": (argument, scope) => {
    const [text, values] = substitution(argument);
    const resolvePlaceholder = (name: string): JsonValue => {
      const own = values[name];
      if (own !== undefined) return resolve(own, scope);
      if (name.includes(".")) return scope.attribute(...attributePath(name));
      return resolve({ Ref: name }, scope);
    };
    return text.replace(PLACEHOLDER, (whole, literal: string, name: string) =>
      literal === "!" ? whole.replace("!", "") : String(resolvePlaceholder(name)),
    );
  },
  "Fn::Join": (argument, scope) => {
    const [separator, members] = list(argument, 2, "Fn::Join");
    return list(resolve(members, scope), null, "Fn::Join").join(String(separator));
  },
  "Fn::Select": (argument, scope) => {
    const [index, members] = list(argument, 2, "Fn::Select");
    const chosen = list(resolve(members, scope), null, "Fn::Select")[Number(resolve(index, scope))];
    if (chosen === undefined) throw new Error("Fn::Select chooses beyond its list");
    return chosen;
  },
  "Fn::Split": (argument, scope) => {
    const [separator, text] = list(argument, 2, "Fn::Split");
    return String(resolve(text, scope)).split(String(separator));
  },
  "Fn::If": (argument, scope) => {
    const [condition, then, otherwise] = list(argument, 3, "Fn::If");
    return evaluate(scope.condition(String(condition)) ? then : otherwise, scope);
  },
  "Fn::Equals": (argument, scope) => {
    const [left, right] = list(argument, 2, "Fn::Equals");
    return JSON.stringify(resolve(left, scope)) === JSON.stringify(resolve(right, scope));
  },
  "Fn::Not": (argument, scope) => resolve(list(argument, 1, "Fn::Not")[0], scope) !== true,
  "Fn::And": (argument, scope) => list(argument, null, "Fn::And").every((each) => resolve(each, scope) === true),
  "Fn::Or": (argument, scope) => list(argument, null, "Fn::Or").some((each) => resolve(each, scope) === true),
};

const PLACEHOLDER = /\$\{(!?)([^}]+)\}/g;

/** Names that a value refers to: resources, parameters and pseudo parameters, in no order. */
export const references = (value: JsonValue): ReadonlySet<string> => new Set(namesIn(value));

const namesIn = (value: JsonValue): readonly string[] => {
  if (isList(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  const call = callOf(value);
  return [...(call === null ? [] : namesOf(call)), ...Object.values(value).flatMap(namesIn)];
};

const namesOf = ({ name, argument }: { readonly name: string; readonly argument: JsonValue }): readonly string[] => {
  if (name === "Ref") return [String(argument)];
  if (name === "Fn::GetAtt") return [attributePath(argument)[0]];
  return name === "Fn::Sub" ? placeholders(argument) : [];
};

const placeholders = (argument: JsonValue): readonly string[] => {
  const [text, values] = substitution(argument);
  return [...text.matchAll(PLACEHOLDER)]
    .filter(([, literal, name]) => literal !== "!" && !Object.hasOwn(values, name ?? ""))
    .map(([, , name]) => (name ?? "").split(".")[0] ?? "");
};

const substitution = (argument: JsonValue): readonly [text: string, values: JsonObject] => {
  if (!isList(argument)) return [String(argument), {}];
  const [text, values] = list(argument, 2, "Fn::Sub");
  return [String(text), values as JsonObject];
};

const attributePath = (argument: JsonValue): [logicalId: string, attribute: string] => {
  const [logicalId, ...attribute] = isList(argument) ? argument.map(String) : String(argument).split(".");
  if (logicalId === undefined || attribute.length === 0) throw new Error("Fn::GetAtt names no attribute");
  return [logicalId, attribute.join(".")];
};

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** As many members as a function takes; the type says what the check has made true. */
const list = (
  value: JsonValue,
  length: number | null,
  name: string,
): readonly [JsonValue, JsonValue, JsonValue, ...JsonValue[]] => {
  if (!isList(value) || (length !== null && value.length !== length))
    throw new Error(`${name} needs a list${length === null ? "" : ` of ${length}`}`);
  return value as readonly [JsonValue, JsonValue, JsonValue, ...JsonValue[]];
};
