/** What makes a text unfit to be parsed, and where. */
export interface ScanProblem {
  readonly offset: number;
  readonly message: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;

/**
 * Looks at JSON before it is parsed: nested deeper than `deepest` (a parser that recurses would not survive it), or a
 * key that stands twice in one object, of which JSON.parse would silently keep the last. Whether the rest is JSON is
 * for the parser to say.
 *
 * Goes over the text once, whatever it holds, and stops at the first problem.
 */
export const scanJson = (text: string, deepest: number): ScanProblem | null => {
  /** The keys of each open object; null for a list. */
  const open: Keys[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (closes(code)) open.pop();
    else if (opens(code) && open.push(code === OPEN_OBJECT ? new Set() : null) > deepest)
      return { offset: at, message: `nested deeper than ${deepest} levels` };
    if (code !== QUOTE) continue;
    const end = endOfText(text, at);
    const doubled = doubledKey(text, at, end, open.at(-1));
    if (doubled !== null) return doubled;
    at = end;
  }
  return null;
};

/** Where a text is nested deeper than `deepest` levels, null where it nowhere is. One pass, whatever it holds. */
export const offsetDeeperThan = (text: string, deepest: number): number | null => {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (opens(code)) depth += 1;
    else if (closes(code)) depth -= 1;
    if (depth > deepest) return at;
  }
  return null;
};

const opens = (code: number): boolean => code === OPEN_OBJECT || code === OPEN_LIST;
const closes = (code: number): boolean => code === CLOSE_OBJECT || code === CLOSE_LIST;

type Keys = Set<string> | null;

const doubledKey = (text: string, start: number, end: number, keys: Keys | undefined): ScanProblem | null => {
  if (!keys || !isKey(text, end)) return null;
  const key = keyBetween(text, start, end);
  if (keys.has(key)) return { offset: start, message: `the key "${key}" stands twice; only the last would count` };
  keys.add(key);
  return null;
};

/** The offset of the closing quotation mark, or the end of the text. */
const endOfText = (text: string, start: number): number => {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
};

const isKey = (text: string, end: number): boolean => {
  let at = end + 1;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === COLON;
};

/** Two spellings of a key (`"a"`, `"\u0061"`) are one key. */
const keyBetween = (text: string, start: number, end: number): string => {
  const written = text.slice(start + 1, end);
  if (!written.includes("\\")) return written;
  try {
    return String(JSON.parse(`"${written}"`));
  } catch {
    return written;
  }
};
