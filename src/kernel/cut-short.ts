/** No word of ours is that long, and no message: what is longer repeats something out of a file. */
const LONGEST_WORD = 200;
const LONGEST_MESSAGE = 2_000;

const LONG_WORDS = new RegExp(`\\S{${LONGEST_WORD},}`, "gu");

/** The first, or last, so many characters: none of them is torn apart. */
const first = (text: string, count: number): string => new RegExp(`^.{0,${count}}`, "su").exec(text)?.[0] ?? "";
const last = (text: string, count: number): string =>
  new RegExp(`.{0,${count}}$`, "su").exec(text.slice(-2 * count))?.[0] ?? "";

/** A message as somebody can read it, whatever it repeats: a file may hold a key of half a megabyte. */
export const cutShort = (message: string): string => {
  if (message.length < LONGEST_WORD) return message;
  const words = message.replace(LONG_WORDS, (word) => `${first(word, 80)}…${last(word, 20)}`);
  return words.length <= LONGEST_MESSAGE ? words : `${first(words, 1_000)} … ${last(words, 500)}`;
};
