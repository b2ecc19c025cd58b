import { type OutsideFailure, ok, type Result } from "../kernel/result.ts";
import type { CutoverBindings, Direction } from "../signals/bindings.ts";
import { sourceOf, targetOf } from "./names.ts";
import { sending } from "./plan-publications.ts";
import { servingTriggers } from "./plan-triggers.ts";
import type { SqlAction } from "./plan-types.ts";
import type { CdcPorts } from "./ports.ts";

/** All on one side without which a stream loses or spoils rows and no connector notices; each says itself whether it stands. */
const carriersOn = (cutover: CutoverBindings, direction: Direction, end: "source" | "target"): readonly SqlAction[] =>
  end === "source"
    ? [...sending(cutover, sourceOf(direction)), ...servingTriggers(cutover, sourceOf(direction), "ordinary")]
    : servingTriggers(cutover, targetOf(direction), "always");

/** What of that does not stand, a sentence a side; empty where all does. One query a side. */
export const brokenCarriers = async (
  ports: Pick<CdcPorts, "databases">,
  cutover: CutoverBindings,
  direction: Direction,
): Promise<Result<readonly string[], OutsideFailure>> => {
  const broken: string[] = [];
  for (const end of ["source", "target"] as const) {
    const side = end === "source" ? sourceOf(direction) : targetOf(direction);
    const demands = carriersOn(cutover, direction, end).flatMap(({ unless }) => (unless === undefined ? [] : [unless]));
    const all = await ports.databases[side].holds(`select ${demands.map((demand) => `(${demand})`).join(" and ")}`);
    if (!all.ok) return all;
    if (!all.value)
      broken.push(`a trigger, replica identity or publication of ${direction} on ${side} is not as it was applied`);
  }
  return ok(broken);
};
