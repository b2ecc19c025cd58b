/** `*` and `?` as policies use them. */
export const matches = (pattern: string, text: string, ignoring?: "anyCase"): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    ignoring === "anyCase" ? "is" : "s",
  ).test(text);

const ARN_PARTS = 6;

/** `arn`, partition, service, Region, account, and everything else, colons and all. */
const partsOf = (arn: string): readonly string[] => {
  const parts = arn.split(":");
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(":")];
};

/** An ARN is compared part by part: a `*` in its Region never reaches into its account. */
export const matchesArn = (pattern: string, arn: string): boolean => {
  if (pattern === "*") return true;
  const wanted = partsOf(pattern);
  return partsOf(arn).every((part, index) => matches(wanted[index] ?? "", part));
};
