import type { Template } from "./empty-statements.ts";
import { charactersAtMost } from "./policy-size.ts";

export interface RoleSize {
  /** Logical id of the role. */
  readonly role: string;
  /** Characters of all its inline policies, as IAM counts them: without white space. */
  readonly characters: number;
}

/** All inline policies of a role together (IAM quotas); white space does not count. */
const INLINE_LIMIT = 10_240;
/** A fifth is kept free: for a partition with a longer name, and for whoever adds a statement. */
export const INLINE_CHARACTERS = INLINE_LIMIT * 0.8;

/** How large the inline policies of each role of a template are at most. */
export const roleSizes = (resources: Template["Resources"]): readonly RoleSize[] =>
  Object.entries(resources)
    .filter(([, { Type }]) => Type === "AWS::IAM::Role")
    .map(([role, { Properties }]) => ({
      role,
      characters: (Properties?.Policies ?? []).reduce(
        (sum, { PolicyDocument }) => sum + charactersAtMost(PolicyDocument),
        0,
      ),
    }));

/** One sentence a role that has grown too large; routes and alarms are what it grows by. */
export const roleFaults = (resources: Template["Resources"]): readonly string[] =>
  roleSizes(resources)
    .filter(({ characters }) => characters > INLINE_CHARACTERS)
    .map(
      ({ role, characters }) =>
        `The policies of ${role} come to ${characters} characters; IAM takes ${INLINE_LIMIT}, and pawl leaves a fifth of them free.`,
    );
