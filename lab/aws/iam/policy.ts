type OneOrMore = string | readonly string[];
type Conditions = Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly Principal?: "*" | Readonly<Record<string, OneOrMore>>;
  readonly Condition?: Conditions;
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** What somebody wants to do. `context` holds condition keys by their lower-case name, e.g. `aws:sourcearn`. */
export interface Request {
  readonly action: string;
  readonly resource?: string;
  /** The calling service (`scheduler.amazonaws.com`); only policies with principals look at it. */
  readonly principal?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** `denied` is an explicit Deny; `silent` means that no statement spoke, which also refuses. */
export type Ruling = "allowed" | "denied" | "silent";

/** AWS's order: one Deny beats every Allow, and without an Allow nothing is allowed. */
export const rule = (policies: readonly PolicyDocument[], request: Request): Ruling => {
  const speaking = policies.flatMap((policy) => policy.Statement).filter((statement) => speaks(statement, request));
  if (speaking.some(({ Effect }) => Effect === "Deny")) return "denied";
  return speaking.length > 0 ? "allowed" : "silent";
};

const speaks = (statement: Statement, request: Request): boolean =>
  anyMatches(statement.Action, request.action, "anyCase") &&
  (statement.Resource === undefined || anyMatches(statement.Resource, request.resource ?? "")) &&
  (statement.Principal === undefined || names(statement.Principal, request.principal ?? "")) &&
  Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, wanted, request.context?.[key.toLowerCase()])),
  );

const names = (principal: NonNullable<Statement["Principal"]>, caller: string): boolean =>
  principal === "*" || Object.values(principal).some((ids) => list(ids).some((id) => id === "*" || id === caller));

const holds = (operator: string, wanted: OneOrMore, actual: string | undefined): boolean => {
  if (actual === undefined) return operator.startsWith("ForAllValues:");
  return isExact(operator) ? list(wanted).includes(actual) : anyMatches(wanted, actual);
};

const isExact = (operator: string): boolean => operator.endsWith("StringEquals");

const anyMatches = (patterns: OneOrMore, text: string, ignoring?: "anyCase"): boolean =>
  list(patterns).some((pattern) => wildcard(pattern, ignoring === "anyCase" ? "i" : "").test(text));

const wildcard = (pattern: string, flags: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    flags,
  );

const list = (values: OneOrMore): readonly string[] => (typeof values === "string" ? [values] : values);
