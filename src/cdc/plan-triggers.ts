import type { CutoverBindings, Side } from "../signals/bindings.ts";
import type { FunctionSource } from "./function-source.ts";
import {
  pawlTable,
  quoteText,
  regclass,
  SIDES,
  type TableName,
  TOKEN_TABLE,
  TOMBSTONE_TABLE,
  tableName,
} from "./names.ts";
import { owner, type PlanAction, type SqlAction } from "./plan-types.ts";
import { sharedFunctions } from "./shared-functions.ts";
import { tableFunctions } from "./table-functions.ts";
import { applicationTableTriggers, type TriggerSource, tokenTriggers, tombstoneTriggers } from "./triggers.ts";

export const createFunction = (side: Side, { name, sql, body }: FunctionSource, why: string): SqlAction =>
  owner(
    side,
    why,
    sql,
    `select exists (select from pg_proc where oid = to_regprocedure(${quoteText(`${name}()`)}) and prosrc = ${quoteText(body)})`,
  );

const isThere = (table: TableName, { name }: TriggerSource, state = ""): string =>
  `select exists (select from pg_trigger where tgrelid = ${regclass(table)} and tgname = '${name}'${state})`;

const createTrigger = (side: Side, table: TableName, trigger: TriggerSource): SqlAction =>
  owner(
    side,
    `${trigger.name} on ${table.plain}`,
    `create trigger ${trigger.name} ${trigger.event} on ${table.quoted} ${trigger.action}`,
    isThere(table, trigger),
  );

/** As `pg_trigger` has it of one that fires for whom it has to. */
const ENABLED = { ordinary: "O", always: "A" } as const;

/** What somebody switched off, or a bulk load switched on again as an ordinary trigger, is there and does not serve. */
const enableTrigger = (side: Side, table: TableName, trigger: TriggerSource): SqlAction => {
  const [enable, fires] =
    trigger.fires === "ordinary"
      ? (["enable", "for the application"] as const)
      : (["enable always", "also for the sink's replica session"] as const);
  return owner(
    side,
    `${trigger.name} on ${table.plain} fires ${fires}`,
    `alter table ${table.quoted} ${enable} trigger ${trigger.name}`,
    isThere(table, trigger, ` and tgenabled = '${ENABLED[trigger.fires]}'`),
  );
};

type Triggered = readonly [table: TableName, triggers: readonly TriggerSource[]];

const triggered = (cutover: CutoverBindings, side: Side): readonly Triggered[] => [
  ...cutover.tables.map((table): Triggered => [tableName(table.name), applicationTableTriggers(cutover, side, table)]),
  [pawlTable(cutover, TOMBSTONE_TABLE), tombstoneTriggers(cutover)],
  [pawlTable(cutover, TOKEN_TABLE), tokenTriggers(cutover)],
];

/** Functions first, then the triggers that call them: on both sides before any slot exists, so that no write is unversioned. */
export const triggersPhase = (cutover: CutoverBindings): readonly PlanAction[] =>
  SIDES.flatMap((side): PlanAction[] => [
    ...sharedFunctions(cutover).map((source) => createFunction(side, source, "shared by the triggers")),
    ...cutover.tables.flatMap((table) =>
      tableFunctions(cutover, side, table).map((source) => createFunction(side, source, `triggers of ${table.name}`)),
    ),
    ...triggered(cutover, side).flatMap(([table, triggers]) =>
      triggers.flatMap((trigger) => [createTrigger(side, table, trigger), enableTrigger(side, table, trigger)]),
    ),
  ]);

/** A condition: all triggers that are for the application's own writes, or for what the sink applies, fire for these. */
export const triggersServe = (cutover: CutoverBindings, side: Side, fires: TriggerSource["fires"]): string => {
  const wanted = triggered(cutover, side).flatMap(([{ quoted }, triggers]) =>
    triggers.filter((trigger) => trigger.fires === fires).map(({ name }) => `(${quoteText(quoted)}, '${name}')`),
  );
  return (
    `not exists (select from (values ${wanted.join(", ")}) as wanted (tbl, trg) where not exists ` +
    `(select from pg_trigger where tgrelid = to_regclass(tbl) and tgname = trg and tgenabled = '${ENABLED[fires]}'))`
  );
};
