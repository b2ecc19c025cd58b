import { LAB_ACCOUNT_ID } from "../contracts.ts";
import { type Grant, grantsOf, uses } from "./grants.ts";
import { type PolicyDocument, type Request, rule } from "./policy.ts";

/** Something a role tried and may not do. */
export interface Denial {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** AWS's own sentence. */
  readonly message: string;
}

/** What a role may do, and what it has made of that so far. */
export interface RoleRights {
  /**
   * Null where the role may do this, which counts as a use; else AWS's sentence, which counts as a denial.
   * @param session - the name of whoever became the role: of a function its own.
   */
  refusal(request: Request, session: string): string | null;
  /** Every grant, with how often it has let something pass. */
  uses(): readonly { readonly grant: Grant; readonly times: number }[];
  /** Oldest first. */
  denials(): readonly Denial[];
}

export const roleRights = (role: string, policies: readonly PolicyDocument[]): RoleRights => {
  const counted = grantsOf(policies).map((grant) => ({ grant, times: 0 }));
  const denials: Denial[] = [];
  return {
    refusal: (request, session) => {
      const ruling = rule(policies, request);
      if (ruling === "allowed") {
        for (const each of counted) if (uses(each.grant, request)) each.times += 1;
        return null;
      }
      const { action, resource = "*" } = request;
      const on = resource === "*" ? "" : ` on resource: ${resource}`;
      const why =
        ruling === "denied"
          ? "with an explicit deny in an identity-based policy"
          : `because no identity-based policy allows the ${action} action`;
      const caller = `arn:aws:sts::${LAB_ACCOUNT_ID}:assumed-role/${role}/${session}`;
      const message = `User: ${caller} is not authorized to perform: ${action}${on} ${why}`;
      denials.push({ role, action, resource, message });
      return message;
    },
    uses: () =>
      counted.map(({ grant: { action, resource, leadingKey }, times }) => ({
        grant: { action, resource, leadingKey },
        times,
      })),
    denials: () => denials,
  };
};
