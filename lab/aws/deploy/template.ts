import { readFileSync } from "node:fs";
import type { JsonObject, JsonValue } from "../../../src/kernel/json.ts";

/** A template as it lies on disk: intrinsic functions not yet resolved. */
export interface Template {
  readonly parameters: Readonly<Record<string, JsonObject>>;
  readonly conditions: Readonly<Record<string, JsonValue>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, JsonObject>>;
}

export interface TemplateResource {
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  /** Name of the condition under which it is made at all. */
  readonly condition: string | null;
}

const SECTIONS = [
  "AWSTemplateFormatVersion",
  "Description",
  "Metadata",
  "Parameters",
  "Conditions",
  "Resources",
  "Outputs",
];
/** DeletionPolicy and UpdateReplacePolicy speak of updates and deletions, of which a lab's stack has none. */
const RESOURCE_MEMBERS = [
  "Type",
  "Properties",
  "DependsOn",
  "Condition",
  "DeletionPolicy",
  "UpdateReplacePolicy",
  "Metadata",
];

/** @throws where it is no template, or has a section or a resource member that the lab would have to ignore. */
export const readTemplate = (path: string): Template => {
  const raw = object(JSON.parse(readFileSync(path, "utf8")) as JsonValue, path);
  refuseOthers(raw, SECTIONS, "the template's section");
  const resources = entries(raw["Resources"], "Resources").map(([id, each]) => [id, resourceOf(id, each)] as const);
  return {
    parameters: Object.fromEntries(entries(raw["Parameters"] ?? {}, "Parameters")),
    conditions: object(raw["Conditions"] ?? {}, "Conditions"),
    resources: Object.fromEntries(resources),
    outputs: Object.fromEntries(entries(raw["Outputs"] ?? {}, "Outputs")),
  };
};

const resourceOf = (id: string, raw: JsonObject): TemplateResource => {
  refuseOthers(raw, RESOURCE_MEMBERS, `the member of ${id}`);
  const { Type: type, DependsOn: dependsOn = [], Condition: condition } = raw;
  if (typeof type !== "string") throw new Error(`the resource ${id} has no Type`);
  return {
    type,
    properties: object(raw["Properties"] ?? {}, id),
    dependsOn: (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).map(String),
    condition: typeof condition === "string" ? condition : null,
  };
};

const refuseOthers = (raw: JsonObject, known: readonly string[], what: string): void => {
  const other = Object.keys(raw).find((name) => !known.includes(name));
  if (other !== undefined) throw new Error(`the lab does not know ${what} ${other}`);
};

const object = (value: JsonValue | undefined, what: string): JsonObject => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`);
  return value as JsonObject;
};

const entries = (value: JsonValue | undefined, what: string): readonly (readonly [string, JsonObject])[] =>
  Object.entries(object(value, what)).map(([name, each]) => [name, object(each, `${what}.${name}`)] as const);
