import { list } from "./conditions.ts";
import { matches } from "./patterns.ts";
import { namesAction, namesResource, type PolicyDocument, type Request, type Statement, speaks } from "./policy.ts";

export const LEADING_KEYS = "dynamodb:LeadingKeys";

/** The smallest thing that a role is given: one action on one resource, of a table one kind of leading key. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly leadingKey: string | null;
}

interface Stated extends Grant {
  readonly statement: Statement;
}

export const sayGrant = ({ action, resource, leadingKey }: Grant): string =>
  `${action} on ${resource}${leadingKey === null ? "" : ` with the leading key ${leadingKey}`}`;

/** Everything that these policies grant, piece by piece. */
export const grantsOf = (policies: readonly PolicyDocument[]): readonly Stated[] =>
  policies
    .flatMap((policy) => policy.Statement)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap((statement) =>
      list(statement.Action).flatMap((action) =>
        list(statement.Resource ?? "*").flatMap((resource) =>
          leadingKeysOf(statement).map((leadingKey) => ({ statement, action, resource, leadingKey })),
        ),
      ),
    );

const leadingKeysOf = ({ Condition = {} }: Statement): readonly (string | null)[] => {
  const keys = Object.values(Condition).flatMap((of) =>
    Object.entries(of).flatMap(([key, values]) =>
      key.toLowerCase() === LEADING_KEYS.toLowerCase() ? list(values) : [],
    ),
  );
  return keys.length === 0 ? [null] : keys;
};

/** Whether a request that is allowed makes use of this grant. */
export const uses = ({ statement, action, resource, leadingKey }: Stated, request: Request): boolean =>
  namesAction(action, request) &&
  namesResource(resource, request) &&
  speaks(statement, request) &&
  (leadingKey === null ||
    list(request.context?.[LEADING_KEYS.toLowerCase()] ?? []).some((value) => matches(leadingKey, value)));
