/** Letters to change, add, remove or swap with their neighbour until one word is the other. */
const distance = (from: string, to: string): number => {
  const [given, meant] = [[...from], [...to]];
  let before: readonly number[] = [];
  let previous: readonly number[] = [0, ...meant.map((_, index) => index + 1)];
  for (const [row, letter] of given.entries()) {
    const current = [row + 1];
    for (const [column, other] of meant.entries()) {
      const kept = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      const isSwap = letter === meant[column - 1] && other === given[row - 1];
      const swapped = isSwap ? (before[column - 1] ?? 0) + 1 : kept;
      current.push(Math.min(kept, swapped, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    [before, previous] = [previous, current];
  }
  return previous.at(-1) ?? 0;
};

/** More names than this nobody has; looking through them would take its time. */
const MOST_CANDIDATES = 1_000;

/** ` Did you mean "forward.lagRecords"?`, or nothing where no candidate is near. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  if (word.length > 100) return "";
  const ranked = [...candidates]
    .slice(0, MOST_CANDIDATES)
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const [nearest] = ranked;
  // What is spelt as it should be is wrong by something else.
  if (nearest === undefined || nearest.candidate === word || nearest.far > mostFar(word)) return "";
  return proposal(nearest.candidate);
};

export const proposal = (meant: string): string => ` Did you mean "${meant}"?`;

/** Of a word of three letters two others are another word. */
const mostFar = (word: string): number => (word.length <= 3 ? 1 : Math.max(2, word.length / 3));
