/** Uniform numbers in [0, 1). */
export type Uniform = () => number;

/** Scrambles 32 bits so that neighbours have nothing in common. */
const scrambled = (bits: number): number => {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};

/** One seed out of several numbers; a different order, or another number anywhere, gives another seed. */
export const seedOf = (...parts: readonly number[]): number =>
  parts.reduce((seed, part) => scrambled((Math.imul(seed, 0x9e3779b1) + scrambled(part >>> 0) + 0x6d2b79f5) >>> 0), 0);

/** A small fast generator (sfc32): the same seed gives the same numbers on every machine. Not for secrets. */
export const uniformOf = (seed: number): Uniform => {
  let [a, b, c, counter] = [scrambled(seed ^ 0x1f83d9ab), scrambled(seed + 0x5be0cd19), seed | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let warmUp = 0; warmUp < 8; warmUp += 1) next();
  return next;
};
