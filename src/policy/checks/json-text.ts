import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { withoutByteOrderMark } from "../../kernel/byte-order-mark.ts";
import { cutShort } from "../../kernel/cut.ts";
import type { JsonValue } from "../../kernel/json.ts";
import { pointerPart } from "../logic/scope.ts";
import { BEYOND_DOUBLE, firstBeyondDouble } from "./beyond-double.ts";
import { offsetDeeperThan } from "./json-scan.ts";
import type { LintRuleId } from "./lint-rules.ts";
import { type Finding, finding, type PolicyProblem } from "./problem.ts";

/** Bytes. More is no file that operators write, and no parser should have to swallow it. */
export const LARGEST_FILE = 1_048_576;
const DEEPEST_TEXT = 200;
/** Whoever reads a hundred findings starts again from the top anyway; and each costs a search for its place. */
const MOST_FINDINGS = 100;

export interface JsonText {
  readonly value: JsonValue;
  /** Keys that stand twice in one object: JSON.parse would silently keep the last. */
  readonly findings: readonly Finding[];
  readonly locate: (finding: Finding) => PolicyProblem;
}

/**
 * Reads strict JSON (no comments, no trailing commas) and keeps the places of everything in it. Whatever the text is: it
 * is refused before it is parsed where it is too large or nested too deep, and nothing throws.
 */
export const readJson = (written: string, file: string): JsonText | { readonly problems: readonly PolicyProblem[] } => {
  const text = withoutByteOrderMark(written);
  const place = placesIn(text);
  const refuse = (rule: LintRuleId, offset: number, message: string) => ({
    problems: [{ ...finding(rule, "", message), message, file, ...place(offset) }],
  });
  const unfit = unfitText(text);
  if (unfit !== null) return refuse(...unfit);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const parsed = parse(text);
  const [first] = errors;
  if (first !== undefined || root === undefined || parsed === null) {
    const what = first === undefined ? "json.parse refuses it" : sayParseError(first);
    return refuse("not-json", first?.offset ?? 0, notJson(what));
  }
  const locate: JsonText["locate"] = ({ ofName, message, ...found }) => {
    const value = nodeAt(root, found.pointer);
    const node = ofName === true && value?.parent?.type === "property" ? value.parent : value;
    const said = cutShort(typeof message === "string" ? message : message());
    return { ...found, message: said, file, ...place(node?.offset ?? 0) };
  };
  // Everything that looks at it would call it by another name, null for one: JSON has no infinity.
  const beyond = firstBeyondDouble(parsed.value);
  if (beyond !== null)
    return { problems: [locate(finding("invalid-value", beyond, `${BEYOND_DOUBLE}; write a smaller one`))] };
  return {
    value: parsed.value,
    findings: doubledKeys(root, ""),
    locate,
  };
};

/** The places of findings, in the order of the text; of a great many only the first, errors before warnings. */
export const locateAll = (findings: readonly Finding[], locate: JsonText["locate"]): readonly PolicyProblem[] => {
  if (findings.length <= MOST_FINDINGS) return findings.map(locate);
  const errors = findings.filter(({ level }) => level === "error");
  const most = [...errors, ...findings.filter(({ level }) => level === "warning")].slice(0, MOST_FINDINGS);
  const more = `${findings.length} findings; only ${most.length} are listed. Correct these and look again`;
  // Warnings alone refuse no file, however many they are.
  const level = errors.length > 0 ? "error" : "warning";
  return [...most, { ...finding("too-many-findings", "", more), level } as const].map(locate);
};

const notJson = (what: string): string =>
  `not JSON: ${what}. Fix the text; JSON has no comments and no trailing commas`;

const parse = (text: string): { readonly value: JsonValue } | null => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
};

/** What no parser has to see, and where it begins. */
const unfitText = (text: string): readonly [rule: LintRuleId, offset: number, message: string] | null => {
  if (text.length > LARGEST_FILE || new TextEncoder().encode(text).length > LARGEST_FILE)
    return ["too-large", 0, `the file is larger than ${LARGEST_FILE} bytes; no policy, cutover or fixture needs that`];
  if (text.trim() === "") return ["empty-file", 0, "nothing is in it, value expected; write the file, or remove it"];
  const nul = text.indexOf("\0");
  if (nul !== -1) return ["not-text", nul, "a NUL byte is in it: this is no text file; save it as UTF-8 text"];
  const tooDeep = offsetDeeperThan(text, DEEPEST_TEXT);
  return tooDeep === null ? null : ["too-deep", tooDeep, `nested deeper than ${DEEPEST_TEXT} levels; flatten it`];
};

/** Finds line and column by halving: a file may have as many findings as it has values. */
const placesIn = (text: string): ((offset: number) => Pick<PolicyProblem, "line" | "column">) => {
  let starts: readonly number[] | null = null;
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(/\r\n?|\n/g), ({ index, 0: end }) => index + end.length)];
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
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
  const seen = new Set<string>();
  return children.flatMap((property) => {
    const key = keyOf(property);
    const at = `${pointer}/${pointerPart(key)}`;
    const doubled = seen.has(key)
      ? [
          {
            ...finding(
              "duplicate-key",
              at,
              `the key "${key}" stands twice, here for the last time; only this one would count. Remove one`,
            ),
            ofName: true,
          } as const,
        ]
      : [];
    seen.add(key);
    const value = property.children?.[1];
    return value === undefined ? doubled : [...doubled, ...doubledKeys(value, at)];
  });
};

/** Of a key that stands twice the last one is judged, and so it is the one that findings are of. */
const lastMember = ({ children = [] }: Node, key: string): Node | undefined =>
  children.findLast((property) => property.type === "property" && keyOf(property) === key)?.children?.[1];

/** The node of a pointer, or the nearest one above it that exists. */
const nodeAt = (root: Node, pointer: string): Node | undefined => {
  const parts = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  let at: Node = root;
  for (const part of parts) {
    const inside = at.type === "array" ? findNodeAtLocation(at, [Number(part)]) : lastMember(at, part);
    if (inside === undefined) return at;
    at = inside;
  }
  return at;
};
