import { createHash } from "node:crypto";
import { type CreatedResource, LAB_ACCOUNT_ID, type ResourceProvider } from "../contracts.ts";
import { closed, propertiesReader, TAGS, TEXT } from "../resource-properties.ts";
import { type PolicyDocument, rule } from "./policy.ts";
import { IDENTITY_POLICY, TRUST_POLICY } from "./policy-schema.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly trust: PolicyDocument;
  /** Inline policies of the role, in the template's order. */
  readonly policies: readonly PolicyDocument[];
  /** AWS's own policies by ARN: recorded, and granting nothing the lab asks for. */
  readonly managedPolicyArns: readonly string[];
}

/** The roles of the account, and what they may do. */
export interface Roles {
  readonly provider: ResourceProvider;
  find(arn: string): Role | undefined;
  all(): readonly Role[];
  /** May this service become the role, and may the role then do this? The refusal is a sentence. */
  refusal(arn: string, service: string, action: string, resource: string): string | null;
}

interface RoleProperties {
  readonly RoleName?: string;
  readonly AssumeRolePolicyDocument: PolicyDocument;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }[];
  readonly ManagedPolicyArns?: readonly string[];
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
      ManagedPolicyArns: { type: "array", items: { type: "string", pattern: "^arn:aws:iam::(aws|\\d{12}):policy/" } },
      Tags: TAGS,
    },
    ["AssumeRolePolicyDocument"],
  ),
);

export const createRoles = (): Roles => {
  const byArn = new Map<string, Role>();
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
    refusal: (arn, service, action, resource) => {
      const role = byArn.get(arn);
      if (role === undefined) return `the role ${arn} does not exist`;
      const mayAssume = rule([role.trust], { action: "sts:AssumeRole", principal: service }) === "allowed";
      if (!mayAssume) return `the role ${role.name} does not trust ${service}`;
      return rule(role.policies, { action, resource }) === "allowed"
        ? null
        : `the role ${role.name} has no right to ${action} on ${resource}`;
    },
  };
};

const roleOf = (logicalId: string, properties: RoleProperties): Role => {
  const name = properties.RoleName ?? logicalId;
  return {
    name,
    arn: `arn:aws:iam::${LAB_ACCOUNT_ID}:role/${name}`,
    trust: properties.AssumeRolePolicyDocument,
    policies: (properties.Policies ?? []).map((policy) => policy.PolicyDocument),
    managedPolicyArns: properties.ManagedPolicyArns ?? [],
  };
};

const created = ({ name, arn }: Role): CreatedResource => ({
  ref: name,
  attributes: {
    Arn: arn,
    RoleId: `AROALAB${createHash("sha256").update(name).digest("hex").slice(0, 14)}`.toUpperCase(),
  },
});
