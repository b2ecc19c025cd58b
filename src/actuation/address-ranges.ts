/** An address range as its family, its bits, and how many of them count. */
interface Range {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly prefix: number;
}

/** Whether two CIDR ranges share an address; null where either is not a CIDR range. */
export const rangesMeet = (left: string, right: string): boolean | null => {
  const [a, b] = [rangeOf(left), rangeOf(right)];
  if (a === null || b === null) return null;
  if (a.family !== b.family) return false;
  const dropped = BigInt((a.family === 4 ? 32 : 128) - Math.min(a.prefix, b.prefix));
  return a.bits >> dropped === b.bits >> dropped;
};

const rangeOf = (text: string): Range | null => {
  // Stryker disable next-line StringLiteral: no part is ever missing that is not refused as well, the types do not know it
  const [address = "", length = "", ...rest] = text.split("/");
  const prefix = Number(length);
  if (rest.length > 0 || !/^\d+$/.test(length)) return null;
  const family = address.includes(":") ? 6 : 4;
  const bits = family === 6 ? bitsOf6(address) : bitsOf4(address);
  return bits === null || prefix > (family === 4 ? 32 : 128) ? null : { family, bits, prefix };
};

const bitsOf4 = (address: string): bigint | null => {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return null;
  return joined(parts.map(Number), 8n);
};

/** `::` stands for as many groups of zeros as are missing, and may stand once. */
const bitsOf6 = (address: string): bigint | null => {
  // Stryker disable next-line StringLiteral: there always is a first part, the types do not know it
  const [head = "", tail, ...more] = address.split("::");
  if (more.length > 0) return null;
  const [left, right] = [groupsOf(head), tail === undefined ? [] : groupsOf(tail)];
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return joined(
    groups.map((group) => Number.parseInt(group, 16)),
    16n,
  );
};

const groupsOf = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));

const joined = (parts: readonly number[], width: bigint): bigint =>
  parts.reduce((bits, part) => (bits << width) | BigInt(part), 0n);
