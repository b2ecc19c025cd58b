import { fromIso } from "../../kernel/instant.ts";
import { canonicalJson } from "../../kernel/json.ts";
import { holdsAllOf } from "../freeze.ts";
import type { Freeze, Policy, Waiver } from "../policy-file.ts";
import { type Change, change, type Direction } from "./change.ts";

/**
 * Freezes and waivers, each by itself. One that is gone while others last as long, or new while others did, changes
 * nothing: what a freeze that is longer changes is told of the longer one alone.
 */
export const exceptionChanges = (before: Policy, after: Policy): readonly Change[] => [
  ...lines("freeze", before.freeze, after.freeze, {
    ...{ gone: "opens earlier", new: "opens later" },
    say: ({ from, to, weekly }) => weekly ?? `${from} - ${to}`,
    covers: holdsAllOf,
  }),
  ...lines("waiver", before.waivers, after.waivers, {
    ...{ gone: "opens later", new: "opens earlier" },
    say: ({ gate, expires, by }) => `${gate} until ${expires} by ${by}`,
    covers: (all, one) => all.some((each) => each.gate === one.gate && lastsAsLong(each, one)),
  }),
];

interface Exceptions<One> {
  readonly gone: Direction;
  readonly new: Direction;
  readonly say: (one: One) => string;
  readonly covers: (all: readonly One[], one: One) => boolean;
}

const lines = <One extends Freeze | Waiver>(
  where: string,
  before: readonly One[],
  after: readonly One[],
  { gone, new: added, say, covers }: Exceptions<One>,
): readonly Change[] => [
  ...only(before, after).map((each) =>
    covers(after, each)
      ? change("neutral", where, `gone: ${say(each)} (what is left holds as long)`)
      : change(gone, where, `gone: ${say(each)}`),
  ),
  ...only(after, before).map((each) =>
    covers(before, each)
      ? change("neutral", where, `new: ${say(each)} (what there was held as long)`)
      : change(added, where, `new: ${say(each)}`),
  ),
];

/** Those of `one` that the other does not have, whatever reason is given. */
const only = <One extends Freeze | Waiver>(one: readonly One[], other: readonly One[]): readonly One[] => {
  const bare = ({ why: _, ...rest }: One): string => canonicalJson(rest);
  return one.filter((each) => !other.some((same) => bare(same) === bare(each)));
};

const lastsAsLong = (one: Waiver, other: Waiver): boolean =>
  (fromIso(one.expires) ?? Number.NEGATIVE_INFINITY) >= (fromIso(other.expires) ?? Number.POSITIVE_INFINITY);
