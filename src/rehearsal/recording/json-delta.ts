import { isJsonObject, type JsonValue } from "../../kernel/json.ts";

/**
 * What turns one JSON value into another: `[value]` puts it in place, `0` takes a member away, and an object holds the
 * changes of members by name, of a list's elements by index. `undefined`: they are the same.
 */
export type Delta = JsonValue | undefined;

type Members = { readonly [key: string]: JsonValue };

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

/** The change from `before` to `after`; `undefined` on either side is "not there". */
export const deltaOf = (before: JsonValue | undefined, after: JsonValue | undefined): Delta => {
  if (before === after) return undefined;
  if (after === undefined) return 0;
  if (isJsonObject(before) && isJsonObject(after)) return membersDelta(before, after);
  if (isList(before) && isList(after) && before.length === after.length) return listDelta(before, after);
  return [after];
};

const membersDelta = (before: Members, after: Members): Delta => {
  const changes: Record<string, JsonValue> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = deltaOf(ownOf(before, key), ownOf(after, key));
    if (change !== undefined) changes[key] = change;
  }
  return Object.keys(changes).length === 0 ? undefined : changes;
};

/** Where most elements changed, the whole list is shorter than its changes. */
const listDelta = (before: readonly JsonValue[], after: readonly JsonValue[]): Delta => {
  const changes: Record<string, JsonValue> = {};
  for (const [index, element] of after.entries()) {
    const change = deltaOf(before[index], element);
    if (change !== undefined) changes[index] = change;
  }
  if (Object.keys(changes).length === 0) return undefined;
  return JSON.stringify(changes).length < JSON.stringify(after).length ? changes : [after];
};

const ownOf = (members: Members, key: string): JsonValue | undefined =>
  Object.hasOwn(members, key) ? members[key] : undefined;

/**
 * The value after a change; what did not change is shared with `before`.
 * @throws {RangeError} the change is none, or is one of something that is not there.
 */
export const patched = (before: JsonValue | undefined, delta: Delta): JsonValue | undefined => {
  if (delta === undefined) return before;
  if (delta === 0) return undefined;
  if (isList(delta)) {
    if (delta.length !== 1) throw new RangeError("a change that puts a value in place holds exactly one");
    return delta[0];
  }
  if (!isJsonObject(delta)) throw new RangeError(`${JSON.stringify(delta)} is no change`);
  if (isList(before)) return patchedList(before, delta);
  if (isJsonObject(before)) return patchedMembers(before, delta);
  throw new RangeError(`it changes members (${Object.keys(delta).slice(0, 3).join(", ")}) of something that has none`);
};

const patchedMembers = (before: Members, delta: Members): JsonValue => {
  const after: Record<string, JsonValue> = { ...before };
  for (const key in delta) {
    // Assigning it would change what the object is, not what it holds.
    if (key === "__proto__") throw new RangeError('it changes "__proto__", which no recording holds');
    const member = patched(ownOf(before, key), delta[key]);
    if (member === undefined) delete after[key];
    else after[key] = member;
  }
  return after;
};

const patchedList = (before: readonly JsonValue[], delta: Members): JsonValue => {
  const after = before.slice();
  for (const key in delta) {
    const index = Number(key);
    const element = Number.isInteger(index) && index >= 0 ? patched(before[index], delta[key]) : undefined;
    if (element === undefined || index >= before.length) throw new RangeError(`a list has no element ${key} to change`);
    after[index] = element;
  }
  return after;
};
