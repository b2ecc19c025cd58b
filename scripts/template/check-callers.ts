import type { Template } from "./empty-statements.ts";
import { charactersAtMost, LONGEST_ARN } from "./policy-size.ts";

/** Lambda's limit for all permissions of one function together, in characters. */
const POLICY_LIMIT = 20_480;
/** A fifth is kept free: for a partition with a longer name, and for whoever adds a permission by hand. */
const POLICY_CHARACTERS = POLICY_LIMIT * 0.8;

/** A permission as Lambda writes it into the function's policy. */
const statementOf = (id: string, { Principal, SourceArn, SourceAccount }: { readonly [name: string]: unknown }) => ({
  // CloudFormation names it by stack and resource, and adds twelve signs of its own.
  Sid: `pawl-${id}-${"0".repeat(12)}`,
  Effect: "Allow",
  Principal: { Service: Principal },
  Action: "lambda:InvokeFunction",
  Resource: LONGEST_ARN,
  Condition: {
    ...(SourceAccount === undefined ? {} : { StringEquals: { "AWS:SourceAccount": "000000000000" } }),
    ArnLike: { "AWS:SourceArn": SourceArn },
  },
});

/**
 * Whether everybody who may call `rollback` still fits into its policy: one sentence where CloudFormation would fail
 * half-way through a deployment, with the alarms made and nobody allowed to act on them.
 */
export const callerFaults = (resources: Template["Resources"]): readonly string[] => {
  const statements = Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
    Type === "AWS::Lambda::Permission" ? [statementOf(id, Properties ?? {})] : [],
  );
  const characters = charactersAtMost(statements);
  if (characters <= POLICY_CHARACTERS) return [];
  return [
    `${statements.length} alarms and rules may call pawl-rollback, which takes about ${characters} characters of its policy; Lambda takes ${POLICY_LIMIT}, and pawl leaves a fifth of them free. List one composite alarm in place of several of your own, or guard some cutovers from another account or Region.`,
  ];
};
