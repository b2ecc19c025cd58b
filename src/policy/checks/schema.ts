import { Ajv, type AnySchema, type ErrorObject } from "ajv";
import { cut } from "../../kernel/cut.ts";
import { pointerPart } from "../logic/scope.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { LintRuleId } from "./lint-rules.ts";
import { type Finding, finding } from "./problem.ts";

/**
 * A check against one of the committed JSON Schemas. Only the command line validates files: the functions trust the
 * digest of a policy that was accepted, and carry no validator.
 */
export const schemaCheck = (schema: AnySchema): ((value: unknown) => readonly Finding[]) => {
  const validate = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).flatMap(findingOf));
};

/** Errors of these keywords only repeat what the errors beneath them say. */
const SUMMARIES = new Set(["allOf", "if", "propertyNames"]);

const RULES: Readonly<Record<string, LintRuleId>> = {
  required: "missing-field",
  additionalProperties: "unknown-field",
};

const findingOf = (problem: ErrorObject): readonly Finding[] => {
  if (SUMMARIES.has(problem.keyword)) return [];
  const message = () => `${sayError(problem)}${hintOf(problem)}`;
  const found = finding(RULES[problem.keyword] ?? "invalid-value", pointerOf(problem), message);
  const isOfName = problem.propertyName !== undefined || problem.keyword === "additionalProperties";
  return [isOfName ? { ...found, ofName: true } : found];
};

/** A name is told of by its own place: its container may hold a hundred others. */
const pointerOf = ({ keyword, params, instancePath, propertyName }: ErrorObject): string => {
  const name = keyword === "additionalProperties" ? String(params["additionalProperty"]) : propertyName;
  return name === undefined ? instancePath : `${instancePath}/${pointerPart(name)}`;
};

/** The pattern of a text that must not be blank. */
const ANYTHING = "\\S";

const sayError = (problem: ErrorObject): string => {
  const { keyword, params, parentSchema } = problem;
  switch (keyword) {
    case "required":
      return `"${params["missingProperty"]}" is missing; add it`;
    case "additionalProperties": {
      const name = String(params["additionalProperty"]);
      const known = Object.keys((parentSchema?.["properties"] as object | undefined) ?? {});
      return `nothing here is called "${name}".${didYouMean(name, known)}`;
    }
    case "enum":
      return `${shownOf(problem)} is none of ${(params["allowedValues"] as unknown[]).join(", ")}.`;
    case "const":
      return `${shownOf(problem)} has to be ${JSON.stringify(params["allowedValue"])}.`;
    case "pattern":
      if (params["pattern"] === ANYTHING) return `${shownOf(problem)} says nothing; write it.`;
      return `${shownOf(problem)} has not the form that is asked for.`;
    default:
      return `${shownOf(problem)} ${problem.message ?? "is refused"}.`;
  }
};

/** Characters of a value. */
const LONGEST_SHOWN = 60;

const shownOf = ({ data, propertyName }: ErrorObject): string => {
  const short = cut(JSON.stringify(data) ?? "nothing", LONGEST_SHOWN);
  return propertyName === undefined ? short : `the name ${short}`;
};

/** A longer one is for editors, and no part of a message. */
const LONGEST_EXAMPLE = 120;

/** The schema's own words: what the field is for, and what would be right. */
const hintOf = ({ parentSchema, keyword }: ErrorObject): string => {
  if (keyword === "required" || keyword === "additionalProperties") return "";
  const description = parentSchema?.["description"];
  const examples = parentSchema?.["examples"];
  const says = typeof description === "string" ? ` ${description}` : "";
  const shown = Array.isArray(examples) ? examples.map((each) => JSON.stringify(each)).join(" or ") : "";
  return shown === "" || shown.length > LONGEST_EXAMPLE ? says : `${says} For example ${shown}`;
};
