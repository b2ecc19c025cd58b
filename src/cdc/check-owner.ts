import type { CutoverBindings } from "../signals/bindings.ts";
import { functionsToDrop, slotDroppedBy } from "./dismantle.ts";
import type { CdcFacts, DatabaseFacts } from "./facts.ts";
import { tablesFencedBy } from "./fence.ts";
import { publishedTables, streamFrom } from "./names.ts";
import type { Refusal } from "./refusal.ts";

/** What a database's functions and triggers say of the cutover that made them, and this one does not name. */
interface Foreign {
  /** That have triggers of pawl: a cutover which is not taken apart. */
  readonly triggered: readonly string[];
  /** That its fence is for, or `null` of a fence that is for no table of this cutover and names none. */
  readonly fenced: readonly string[] | null;
  readonly slots: readonly string[];
}

const foreignOn = (of: DatabaseFacts, cutover: CutoverBindings): Foreign => {
  const mine = cutover.tables.map(({ name }) => name);
  const published = publishedTables(cutover).map(({ plain }) => plain);
  const { slot } = cutover.streams[streamFrom(of.side)];
  const bodies = (name: string): readonly string[] =>
    of.pawlFunctions.filter((own) => own.name === name).map(({ body }) => body);
  const fenced = bodies("pawl_set_fence").map(tablesFencedBy);
  return {
    triggered: of.pawlTriggers.filter((table) => !published.includes(table)),
    fenced: fenced.some((tables) => tables.length === 0) ? null : fenced.flat().filter((name) => !mine.includes(name)),
    slots: bodies("pawl_drop_slot")
      .map((body) => slotDroppedBy(body) ?? "of an unknown name")
      .filter((name) => name !== slot),
  };
};

const LIVE =
  "Move all these tables in one cutover, or each cutover's in a schema of its own. Where one was taken out of this " +
  "cutover's tables, list it again: it leaves when change data capture is taken apart.";

const LEFT =
  "Where that cutover is not complete, move the tables of both in one, or each's in a schema of its own. Where it is, " +
  "drop the functions that it left; a fence that it left on blue stands without them.";

const foreignCutover = (of: DatabaseFacts, cutover: CutoverBindings): readonly Refusal[] => {
  const { triggered, fenced, slots } = foreignOn(of, cutover);
  const isLive = triggered.length > 0;
  const schemas = [...new Set(of.pawlFunctions.map(({ schema }) => schema))];
  const named = [
    ...new Set([...triggered, ...(fenced ?? ["tables that it does not name"])]),
    ...slots.map((slot) => `slot ${slot}`),
  ];
  if (!isLive && fenced?.length === 0 && slots.length === 0) return [];
  return [
    {
      name: "foreign-cutover",
      what: `On ${of.side}, triggers or functions of pawl are there for another cutover than this: ${named.join(", ")}.`,
      why: "They have one name each in a schema: applied over, they would no longer carry the other's deletes, and to take one apart would make the other's writes fail.",
      remedy: isLive ? LIVE : LEFT,
      ...(isLive ? {} : { statements: schemas.flatMap(functionsToDrop).map((sql) => ({ side: of.side, sql })) }),
    },
  ];
};

/** What is in one schema belongs to one cutover: of another, also one of another stack, nothing is taken over. */
export const ownerRefusals = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] =>
  [facts.blue, facts.green].flatMap((of) => foreignCutover(of, cutover));
