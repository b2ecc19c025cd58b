/** The first `most` signs of a text, and a mark where there are more. By whole signs: half of one is no text to most of the outside. */
export const cut = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const signs = Array.from(text);
  return signs.length <= most ? text : `${signs.slice(0, most).join("")}…`;
};
