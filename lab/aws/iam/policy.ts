import { type Conditions, conditionsHold, list, type RequestContext } from "./conditions.ts";
import { matches, matchesArn } from "./patterns.ts";

type OneOrMore = string | readonly string[];

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

/** What somebody wants to do. */
export interface Request {
  readonly action: string;
  /** An ARN; `*` where the action knows no resources. */
  readonly resource?: string;
  /** The calling service (`scheduler.amazonaws.com`); only policies with principals look at it. */
  readonly principal?: string;
  readonly context?: RequestContext;
}

/** `denied` is an explicit Deny; `silent` means that no statement spoke, which also refuses. */
export type Ruling = "allowed" | "denied" | "silent";

/** AWS's order: one Deny beats every Allow, and without an Allow nothing is allowed. */
export const rule = (policies: readonly PolicyDocument[], request: Request): Ruling => {
  const speaking = policies.flatMap((policy) => policy.Statement).filter((statement) => speaks(statement, request));
  if (speaking.some(({ Effect }) => Effect === "Deny")) return "denied";
  return speaking.length > 0 ? "allowed" : "silent";
};

/** Whether a statement says anything of a request. */
export const speaks = (statement: Statement, request: Request): boolean =>
  list(statement.Action).some((pattern) => namesAction(pattern, request)) &&
  (statement.Resource === undefined || list(statement.Resource).some((pattern) => namesResource(pattern, request))) &&
  (statement.Principal === undefined || names(statement.Principal, request.principal ?? "")) &&
  conditionsHold(statement.Condition ?? {}, request.context ?? {});

export const namesAction = (pattern: string, { action }: Request): boolean => matches(pattern, action, "anyCase");
export const namesResource = (pattern: string, { resource }: Request): boolean => matchesArn(pattern, resource ?? "");

const names = (principal: NonNullable<Statement["Principal"]>, caller: string): boolean =>
  principal === "*" || Object.values(principal).some((ids) => list(ids).some((id) => id === "*" || id === caller));
