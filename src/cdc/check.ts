import type { CutoverBindings } from "../signals/bindings.ts";
import { columnsRefusals } from "./check-columns.ts";
import { databaseNotes, databaseRefusals } from "./check-database.ts";
import { ownerRefusals } from "./check-owner.ts";
import { sideRefusals } from "./check-sides.ts";
import { streamRefusals } from "./check-streams.ts";
import { tableNotes, tableRefusals } from "./check-tables.ts";
import type { CdcFacts } from "./facts.ts";
import type { Note, Refusal } from "./refusal.ts";

/** Everything that speaks against applying CDC, by name. Pure: the same facts always give the same answer. */
export const checkBefore = (cutover: CutoverBindings, facts: CdcFacts): readonly Refusal[] => [
  ...sideRefusals(facts),
  ...ownerRefusals(cutover, facts),
  ...databaseRefusals(cutover, facts),
  ...tableRefusals(cutover, facts),
  ...columnsRefusals(cutover, facts),
  ...streamRefusals(cutover, facts),
];

export const notesBefore = (cutover: CutoverBindings, facts: CdcFacts): readonly Note[] => [
  ...databaseNotes(facts),
  ...tableNotes(cutover, facts),
];
