import { type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import { sourceOf, targetOf } from "./names.ts";
import { sendsAll } from "./plan-publications.ts";
import { triggersServe } from "./plan-triggers.ts";
import type { CdcPorts } from "./ports.ts";

/**
 * What of a side does not stand without which a stream loses or spoils rows and no connector notices, a sentence a side;
 * empty where all does. One side on which it certainly does not is enough, whether or not the other one can be read. One
 * query a side, whose cost grows with the tables and no faster.
 */
export const brokenCarriers = async (
  { databases }: Pick<CdcPorts, "databases">,
  cutover: CutoverBindings,
  direction: Direction,
): Promise<Result<readonly string[], OutsideFailure>> => {
  const [source, target] = [sourceOf(direction), targetOf(direction)];
  const [sends, takes] = await Promise.all([
    databases[source].holds(`select ${sendsAll(cutover, source)} and ${triggersServe(cutover, source, "ordinary")}`),
    databases[target].holds(`select ${triggersServe(cutover, target, "always")}`),
  ]);
  const broken = [
    ...(sends.ok && !sends.value
      ? [
          `a publication, replica identity or trigger of ${direction} on ${source} is not as it was applied, or a subscription writes its tables`,
        ]
      : []),
    ...(takes.ok && !takes.value ? [`a trigger of ${direction} on ${target} is not as it was applied`] : []),
  ];
  if (broken.length > 0) return ok(broken);
  if (!sends.ok) return sends;
  return takes.ok ? ok([]) : takes;
};
