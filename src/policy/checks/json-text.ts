import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { JsonValue } from "../../kernel/json.ts";
import { pointerPart } from "../logic/scope.ts";
import { error, type Finding, type PolicyProblem } from "./problem.ts";

/** More is no policy, and no parser should have to swallow it. */
const LONGEST_TEXT = 500_000;
const DEEPEST_TEXT = 200;

export interface JsonText {
  readonly value: JsonValue;
  /** Keys that stand twice in one object: JSON.parse would silently keep the last. */
  readonly findings: readonly Finding[];
  readonly locate: (finding: Finding) => PolicyProblem;
}

/** Reads strict JSON (no comments, no trailing commas) and keeps the places of everything in it. */
export const readJson = (text: string, file: string): JsonText | { readonly problems: readonly PolicyProblem[] } => {
  const place = (offset: number): Pick<PolicyProblem, "line" | "column"> => {
    const before = text.slice(0, offset).split("\n");
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  };
  const refuse = (offset: number, message: string): { readonly problems: readonly PolicyProblem[] } => ({
    problems: [{ level: "error", file, ...place(offset), pointer: "", message }],
  });
  if (text.length > LONGEST_TEXT) return refuse(0, `the file is longer than ${LONGEST_TEXT} characters`);
  const tooDeep = offsetDeeperThan(text, DEEPEST_TEXT);
  if (tooDeep !== null) return refuse(tooDeep, `nested deeper than ${DEEPEST_TEXT} levels`);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first !== undefined || root === undefined) {
    const what = first === undefined ? "nothing is in it" : sayParseError(first);
    return refuse(first?.offset ?? 0, `not JSON: ${what}. Fix the text; JSON has no comments and no trailing commas`);
  }
  return {
    value: JSON.parse(text),
    findings: doubledKeys(root, ""),
    locate: (finding) => ({ ...finding, file, ...place(nodeAt(root, finding.pointer)?.offset ?? 0) }),
  };
};

/** Counts brackets outside of texts: the parser itself recurses, and a million brackets would end it. */
const offsetDeeperThan = (text: string, deepest: number): number | null => {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === "[" || token === "{") depth += 1;
    if (token === "]" || token === "}") depth -= 1;
    if (depth > deepest) return index;
  }
  return null;
};

/** "CommaExpected" → "comma expected". */
const sayParseError = (parseError: ParseError): string =>
  printParseErrorCode(parseError.error)
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();

const keyOf = (property: Node): string => String(property.children?.[0]?.value);

const doubledKeys = (node: Node, pointer: string): readonly Finding[] => {
  const children = node.children ?? [];
  if (node.type === "array") return children.flatMap((child, index) => doubledKeys(child, `${pointer}/${index}`));
  if (node.type !== "object") return [];
  const seen = new Set<string>();
  return children.flatMap((property) => {
    const key = keyOf(property);
    const at = `${pointer}/${pointerPart(key)}`;
    const doubled = seen.has(key) ? [error(at, `the key "${key}" stands twice; only one would count. Remove one`)] : [];
    seen.add(key);
    const value = property.children?.[1];
    return value === undefined ? doubled : [...doubled, ...doubledKeys(value, at)];
  });
};

/** The node of a pointer, or the nearest one above it that exists. */
const nodeAt = (root: Node, pointer: string): Node | undefined => {
  const parts = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (let length = parts.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, pathIn(root, parts.slice(0, length)));
    if (node !== undefined) return node;
  }
  return root;
};

/** jsonc-parser tells an index from a key by its type. */
const pathIn = (root: Node, parts: readonly string[]): (string | number)[] => {
  const path: (string | number)[] = [];
  let at: Node | undefined = root;
  for (const part of parts) {
    const step: string | number = at?.type === "array" ? Number(part) : part;
    path.push(step);
    at = at === undefined ? undefined : findNodeAtLocation(at, [step]);
  }
  return path;
};
