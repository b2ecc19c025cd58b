import type { GuardPorts } from "../../guard/ports.ts";
import type { Change } from "../../policy/diff/change.ts";
import { diffPolicies } from "../../policy/diff/diff-policies.ts";
import type { Policy } from "../../policy/policy-file.ts";
import type { CommandResult } from "../command-result.ts";
import type { CliContext } from "../context.ts";
import { EXIT, refused } from "../exit.ts";
import { unanswered } from "../failures.ts";
import { PATIENCE_MS } from "../limits.ts";

export interface DiffSide {
  /** A path, or "armed <cutover> <digest>". */
  readonly from: string;
  readonly policy: Policy;
}

export interface DiffDocument {
  readonly before: string;
  readonly after: string;
  /** Riskier first, then what cannot be told, then safer, then what has no direction, words last. */
  readonly changes: readonly Change[];
  readonly riskier: number;
}

/**
 * What it means to go from one policy to the other. Done (0) whatever the difference; with `strict`, as diff tools have
 * it, 1 where anything but words differs.
 */
export const policyDiffCommand = (
  before: DiffSide,
  after: DiffSide,
  { strict }: { readonly strict: boolean },
): CommandResult<DiffDocument> => {
  const changes = diffPolicies(before.policy, after.policy);
  const riskier = changes.filter((each) => each.riskier).length;
  const differs = changes.some(({ wordsOnly }) => !wordsOnly);
  return {
    document: { before: before.from, after: after.from, changes, riskier },
    lines: [...changes.map(sayChange), summary(changes, riskier)],
    exitCode: strict && differs ? EXIT.refused : EXIT.done,
  };
};

/** "opens earlier       gate lag in canary, half: forward.lagSeconds < 5 → forward.lagSeconds < 10". */
const sayChange = ({ direction, where, what }: Change): string => `${direction.padEnd(20)}${where}: ${what.trim()}`;

const summary = (changes: readonly Change[], riskier: number): string => {
  if (changes.length === 0) return "No difference.";
  const untold = changes.filter(({ direction }) => direction === "cannot tell").length;
  const riskierText = riskier === 0 ? "none riskier" : `${riskier} riskier`;
  return `${changes.length} difference${changes.length === 1 ? "" : "s"}, ${riskierText}${untold === 0 ? "" : `, ${untold} that cannot be told`}.`;
};

/**
 * The policy that judges a cutover now.
 * @throws {CommandFailure} it was never armed, its policy is not in the table, or the table did not answer.
 */
export const armedPolicy = async ({
  ports,
  bindings: { name },
}: CliContext<Pick<GuardPorts, "state" | "policies">>): Promise<DiffSide> => {
  const state = await ports.state.read(name, PATIENCE_MS);
  if (!state.ok) throw unanswered(`The state of ${name} cannot be read.`, state.failure);
  if (state.value === null)
    throw refused(`${name} was never armed.`, "No policy is in force.", "Compare two files instead.");
  const { policyDigest } = state.value;
  const read = await ports.policies.read(policyDigest, PATIENCE_MS);
  if (!read.ok) throw unanswered(`The policy of ${name} cannot be read.`, read.failure);
  if (read.value === null)
    throw refused(
      `The policy of ${name} is not in the table.`,
      `Its digest is ${policyDigest}.`,
      "Publish the file it was armed with: pawl policy publish.",
    );
  return { from: `armed ${name} ${policyDigest.slice(0, 12)}`, policy: read.value };
};
