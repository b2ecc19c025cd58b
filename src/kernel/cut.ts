/** The first `most` characters of a text, and a mark where there are more. None is torn apart: half of one is no text to most of the outside. */
export const cut = (text: string, most: number): string => {
  if (text.length <= most) return text;
  // A character takes two places at the most: what lies behind need not be counted.
  const characters = Array.from(text.slice(0, 2 * most + 1));
  return characters.length <= most ? text : `${characters.slice(0, most).join("")}…`;
};

/** No word of ours is that long, and no message: what is longer repeats something out of a file. */
const LONGEST_WORD = 200;
const LONGEST_MESSAGE = 2_000;

const LONG_WORDS = new RegExp(`\\S{${LONGEST_WORD},}`, "gu");

const last = (text: string, count: number): string =>
  new RegExp(`.{0,${count}}$`, "su").exec(text.slice(-2 * count))?.[0] ?? "";

/** A message as somebody can read it, whatever it repeats: a file may hold a key of half a megabyte. */
export const cutShort = (message: string): string => {
  if (message.length < LONGEST_WORD) return message;
  const words = message.replace(LONG_WORDS, (word) => `${cut(word, 80)}${last(word, 20)}`);
  return words.length <= LONGEST_MESSAGE ? words : `${cut(words, 1_000)} ${last(words, 500)}`;
};
