import { createHash } from "node:crypto";
import { type CreatedResource, LAB_ACCOUNT_ID, type ResourceProvider } from "../contracts.ts";
import { closed, propertiesReader, TAGS, TEXT } from "../resource-properties.ts";
import { demandKnownConditions } from "./check-conditions.ts";
import type { Grant } from "./grants.ts";
import { type PolicyDocument, rule } from "./policy.ts";
import { IDENTITY_POLICY, TRUST_POLICY } from "./policy-schema.ts";
import { type Denial, type RoleRights, roleRights } from "./role-rights.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly trust: PolicyDocument;
  /** By its inline policies, in the template's order. */
  readonly rights: RoleRights;
}

/** A grant of some role, and how often it has let something pass. */
export interface UsedGrant {
  readonly role: string;
  readonly grant: Grant;
  readonly times: number;
}

/** The roles of the account, and what they may do. */
export interface Roles {
  readonly provider: ResourceProvider;
  find(arn: string): Role | undefined;
  all(): readonly Role[];
  /** Why this service cannot become the role, or null. */
  distrust(arn: string, service: string): string | null;
  /** May this service become the role, and may the role then do this? The refusal is a sentence. */
  refusal(arn: string, service: string, action: string, resource: string): string | null;
  /** Every grant of every role with its uses so far: one without a use is a right that nobody needs. */
  uses(): readonly UsedGrant[];
  /** What roles have tried and may not do, each role's oldest first. */
  denials(): readonly Denial[];
}

interface RoleProperties {
  readonly RoleName?: string;
  readonly AssumeRolePolicyDocument: PolicyDocument;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }[];
}

const TYPE = "AWS::IAM::Role";

const readRole = propertiesReader<RoleProperties>(
  TYPE,
  closed(
    {
      RoleName: { type: "string", pattern: "^[\\w+=,.@-]{1,64}$" },
      Path: TEXT,
      Description: { type: "string" },
      MaxSessionDuration: { type: "integer", minimum: 3600, maximum: 43_200 },
      AssumeRolePolicyDocument: TRUST_POLICY,
      Policies: {
        type: "array",
        items: closed({ PolicyName: TEXT, PolicyDocument: IDENTITY_POLICY }, ["PolicyName", "PolicyDocument"]),
      },
      Tags: TAGS,
    },
    ["AssumeRolePolicyDocument"],
  ),
);

export const createRoles = (): Roles => {
  const byArn = new Map<string, Role>();
  const demand = (arn: string): Role => {
    const role = byArn.get(arn);
    if (role === undefined) throw new Error(`the role ${arn} does not exist`);
    return role;
  };
  const distrust = (arn: string, service: string): string | null => {
    const role = byArn.get(arn);
    if (role === undefined) return `the role ${arn} does not exist`;
    const mayAssume = rule([role.trust], { action: "sts:AssumeRole", principal: service }) === "allowed";
    return mayAssume ? null : `the role ${role.name} does not trust ${service}`;
  };
  return {
    provider: {
      types: [TYPE],
      create: async (logicalId, _type, properties) => {
        const role = roleOf(logicalId, readRole(logicalId, properties));
        byArn.set(role.arn, role);
        return created(role);
      },
    },
    find: (arn) => byArn.get(arn),
    all: () => [...byArn.values()],
    distrust,
    refusal: (arn, service, action, resource) =>
      distrust(arn, service) ?? demand(arn).rights.refusal({ action, resource }, service.split(".")[0] ?? service),
    uses: () => [...byArn.values()].flatMap(({ name, rights }) => rights.uses().map((use) => ({ role: name, ...use }))),
    denials: () => [...byArn.values()].flatMap(({ rights }) => rights.denials()),
  };
};

/** @throws a condition that the lab could not hold against a request. */
const roleOf = (logicalId: string, properties: RoleProperties): Role => {
  const name = properties.RoleName ?? logicalId;
  const policies = (properties.Policies ?? []).map((policy) => policy.PolicyDocument);
  for (const policy of policies) demandKnownConditions(`${TYPE} ${logicalId}`, policy);
  return {
    name,
    arn: `arn:aws:iam::${LAB_ACCOUNT_ID}:role/${name}`,
    trust: properties.AssumeRolePolicyDocument,
    rights: roleRights(name, policies),
  };
};

const created = ({ name, arn }: Role): CreatedResource => ({
  ref: name,
  attributes: {
    Arn: arn,
    RoleId: `AROALAB${createHash("sha256").update(name).digest("hex").slice(0, 14)}`.toUpperCase(),
  },
});
