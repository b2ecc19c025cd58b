/** What an intrinsic function resolves to is at most an ARN of ours: none is longer than this. */
export const LONGEST_ARN = "x".repeat(110);

/** A policy as large as it can become when it is deployed: of two branches the larger one. */
const atItsLargest = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(atItsLargest);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  const [[name, argument] = ["", null], ...others] = members;
  if (others.length > 0 || !(name === "Ref" || name.startsWith("Fn::")))
    return Object.fromEntries(members.map(([member, each]) => [member, atItsLargest(each)]));
  if (name !== "Fn::If" || !Array.isArray(argument)) return LONGEST_ARN;
  const branches: readonly unknown[] = argument.slice(1).map(atItsLargest);
  return branches.reduce((largest, branch) => (sizeOf(branch) > sizeOf(largest) ? branch : largest), "");
};

const sizeOf = (value: unknown): number => JSON.stringify(value).replace(/\s/g, "").length;

/** The characters of a policy as AWS counts them, without white space, whatever its intrinsic functions become. */
export const charactersAtMost = (policy: unknown): number => sizeOf(atItsLargest(policy));
