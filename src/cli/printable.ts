/**
 * What a terminal obeys, or turns the text after it round by: control characters other than line break and tab, and
 * those of bidirectional text.
 */
const OBEYED = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** A text, or JSON, with what a terminal would obey written as JSON escapes it: "\u001b". */
export const printable = (text: string): string =>
  text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
