import { existsSync } from "node:fs";
import type { GuardPorts } from "../../guard/ports.ts";
import { type AdoptReport, type RequestPorts, requestAdopt } from "../../guard/requests.ts";
import { toIso } from "../../kernel/instant.ts";
import { sayProblem } from "../../policy/checks/problem.ts";
import { readSoundPolicy } from "../../policy/lint.ts";
import { policyDigest } from "../../policy/policy-digest.ts";
import { type CommandResult, done } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { misused, outside, refused } from "../exit.ts";
import { unanswered } from "../failures.ts";
import { readSoundPolicyAt } from "../files.ts";
import { firstRead } from "../first-read.ts";
import { PATIENCE_MS } from "../limits.ts";
import { forPeople } from "../terminal.ts";

export type AdoptPorts = RequestPorts & Pick<GuardPorts, "policies">;

export interface AdoptRequest {
  /** A path, or the digest of a published policy. */
  readonly policy: string;
  readonly reason: string;
  readonly restartStep: boolean;
}

export interface AdoptDocument {
  readonly cutover: string;
  readonly policyDigest: string;
  readonly by: string;
  readonly reason: string;
  readonly epoch: number;
  /** The tick that takes the request, and after which it is void. */
  readonly takenAt: string;
  /** From when on the new policy judges; "withdrawn": the one in force goes on, and what waited is dropped. */
  readonly takeover: "next-tick" | "next-step" | "withdrawn";
}

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * Asks for a published policy to take over a cutover that is under way.
 * @throws {CommandFailure} lint refuses it, it is not published, it does not fit, or the table did not answer.
 */
export const policyAdoptCommand = async (
  context: CliContext<AdoptPorts>,
  { policy: named, reason, restartStep }: AdoptRequest,
): Promise<CommandResult<AdoptDocument>> => {
  const { ports, bindings, operator: by } = context;
  const digest = DIGEST.test(named) ? named : digestOf(context, named);
  await checkPublished(context, named, digest);
  const what = `${bindings.name} was not asked to adopt ${named}.`;
  await firstRead(ports, bindings.name, what);
  const asked = { by, reason, policyDigest: digest, ...(restartStep ? { restartStep } : {}) };
  const report = await requestAdopt(ports, bindings.name, asked);
  if (report.kind === "failed")
    throw outside(what, report.why, "Run it again: one that did get through is refused as still waiting.");
  if (report.kind === "refused")
    throw refused(what, `${report.why}.`, `pawl status ${bindings.name} says how it stands.`);
  return said(context, asked, report);
};

const said = (
  { ports, bindings }: CliContext<AdoptPorts>,
  { by, reason, policyDigest: digest }: { readonly by: string; readonly reason: string; readonly policyDigest: string },
  { takenAt, state, takeover }: Extract<AdoptReport, { kind: "accepted" }>,
): CommandResult<AdoptDocument> => {
  const taken = toIso(takenAt);
  const { name: cutover } = bindings;
  const document = { cutover, policyDigest: digest, by, reason, epoch: state.epoch, takenAt: taken, takeover };
  const inSeconds = forPeople(Math.max(0, takenAt - ports.clock.now()));
  const means = {
    "next-tick": "The new policy judges from that tick on; the step or the soak under way begins again with it.",
    "next-step": "The new policy judges from the next step on; until then the one in force does. A rollback drops it.",
    withdrawn: "The policy in force stays; the one that waited is dropped.",
  }[takeover];
  return done(document, [`adopt: asked; the tick of ${taken} takes it, in ${inSeconds}.`, means]);
};

const digestOf = ({ target, ports }: CliContext<AdoptPorts>, file: string): string => {
  if (!existsSync(file))
    throw misused(
      `"${file}" is neither a file nor the digest of a policy.`,
      "A digest has 64 hexadecimal digits, as pawl policy publish prints it.",
      "Give the path of the policy's file, or its whole digest.",
    );
  return policyDigest(readSoundPolicyAt(file, target.now()), ports.digest);
};

/** What was published once is linted again: for this cutover, and by this release. */
const checkPublished = async (
  { ports, bindings, target }: CliContext<AdoptPorts>,
  named: string,
  digest: string,
): Promise<void> => {
  const read = await ports.policies.read(digest, PATIENCE_MS);
  if (!read.ok) throw unanswered(`The policy ${digest} cannot be read.`, read.failure);
  if (read.value === null)
    throw refused(
      `${named} is not published.`,
      `The table has no policy ${digest}.`,
      `pawl policy publish ${DIGEST.test(named) ? "<file>" : named}, and adopt it then.`,
    );
  const text = JSON.stringify(read.value, null, 2);
  const { policy, problems } = readSoundPolicy(text, digest.slice(0, 12), [bindings], target.now());
  if (policy === null)
    throw refused(
      `Lint refuses ${named} for ${bindings.name}.`,
      problems
        .filter(({ level }) => level === "error")
        .map(sayProblem)
        .join("\n        "),
      "Correct the file, publish it, and adopt that.",
    );
};
