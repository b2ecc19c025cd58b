import type { GuardPorts } from "../../guard/ports.ts";
import { policyDigest } from "../../policy/policy-digest.ts";
import type { Policy } from "../../policy/policy-file.ts";
import { type CommandResult, done } from "../command-result.ts";
import { unanswered } from "../failures.ts";
import { PATIENCE_MS } from "../limits.ts";

export interface PublishDocument {
  readonly file: string;
  readonly policy: string;
  /** SHA-256 of its canonical JSON; white space and the order of keys do not change it. */
  readonly policyDigest: string;
  /** It was there before; nothing was written. */
  readonly already: boolean;
}

/**
 * Stores a policy that lint has nothing against under its digest, where `adopt` and the functions find it. Publishing
 * changes no cutover, and may be repeated.
 * @throws {CommandFailure} the table did not answer.
 */
export const policyPublishCommand = async (
  { policies, digest }: Pick<GuardPorts, "policies" | "digest">,
  file: string,
  policy: Policy,
): Promise<CommandResult<PublishDocument>> => {
  const name = policyDigest(policy, digest);
  const there = await policies.read(name, PATIENCE_MS);
  // What is there under this name and is not this policy was edited: it is put right.
  const edited = !there.ok && there.failure.kind === "malformed";
  if (!there.ok && !edited) throw unanswered(`${file} was not published.`, there.failure);
  const already = there.ok && there.value !== null;
  if (!already) {
    const stored = await policies.put(policy, name);
    if (!stored.ok) throw unanswered(`${file} was not published, or nobody knows.`, stored.failure);
  }
  return done({ file, policy: policy.name, policyDigest: name, already }, [
    name,
    `Policy ${policy.name} ${already ? "was published already" : "is published"}; that changes no cutover: pawl arm or pawl policy adopt lets it judge one.`,
  ]);
};
