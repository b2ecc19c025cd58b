import type { CutoverBindings, Side } from "../signals/bindings.ts";
import {
  GUARD_ROLE,
  pawlSchema,
  pawlTable,
  quoteName,
  quoteText,
  SEED_TABLE,
  streamFrom,
  streamInto,
  type TableName,
  TOKEN_TABLE,
  TOMBSTONE_TABLE,
  tableName,
} from "./names.ts";
import { admin, owner, type SqlAction } from "./plan-types.ts";
import { sharedFunctions } from "./shared-functions.ts";
import { tableFunctions } from "./table-functions.ts";
import { applicationTableTriggers } from "./triggers.ts";

/** What CDC leaves on one side, in the order in which it goes: one statement each, so that no lock is held for long. */
export type Remnant = string;

interface Removal {
  readonly remnant: Remnant;
  /** Statements of PL/pgSQL. */
  readonly removes: string;
  /** A query of one boolean: nothing of it is left. */
  readonly gone: string;
}

const fnName = (cutover: CutoverBindings): string => `${quoteName(pawlSchema(cutover))}.pawl_dismantle`;
const slotFn = (cutover: CutoverBindings): string => `${quoteName(pawlSchema(cutover))}.pawl_drop_slot`;

const triggersOf = (cutover: CutoverBindings, side: Side, table: CutoverBindings["tables"][number]): Removal => {
  const { quoted, plain } = tableName(table.name);
  const triggers = applicationTableTriggers(cutover, side, table).map(({ name }) => name);
  const drops = [
    ...triggers.map((name) => `drop trigger if exists ${name} on ${quoted};`),
    ...tableFunctions(cutover, side, table).map(({ name }) => `drop function if exists ${name}();`),
    `alter table ${quoted} replica identity default;`,
  ];
  return {
    remnant: `triggers of ${plain}`,
    removes: drops.join("\n    "),
    gone:
      `select not exists (select from pg_trigger where tgrelid = to_regclass(${quoteText(quoted)}) ` +
      `and tgname in (${triggers.map(quoteText).join(", ")}))`,
  };
};

const tableOf = ({ quoted, plain }: TableName): Removal => ({
  remnant: `table ${plain}`,
  removes: `drop table if exists ${quoted};`,
  gone: `select to_regclass(${quoteText(quoted)}) is null`,
});

/** What only the triggers needed. The fence's function stays: blue stays fenced. */
const sharedOf = (cutover: CutoverBindings): Removal => {
  const names = sharedFunctions(cutover)
    .map(({ name }) => name)
    .filter((name) => !name.includes("pawl_fenced"));
  return {
    remnant: "shared functions",
    removes: names.map((name) => `drop function if exists ${name}();`).join("\n    "),
    gone: `select ${names.map((name) => `to_regprocedure(${quoteText(`${name}()`)}) is null`).join(" and ")}`,
  };
};

/**
 * All that goes. What stays, on purpose: the version columns (dropping them would lock the table for nothing, and
 * `pawl_ver` says when a row was written last), `pawl_conflict` (the only copy of what lost), the fence on blue, the
 * sequences' increment (numbers given twice would be worse than numbers left out), and the roles, which own nothing.
 */
const removals = (cutover: CutoverBindings, side: Side): readonly Removal[] => {
  const { publication } = cutover.streams[streamFrom(side)];
  const { origin } = cutover.streams[streamInto(side)];
  return [
    {
      remnant: `publication ${publication}`,
      removes: `drop publication if exists ${quoteName(publication)};`,
      gone: `select not exists (select from pg_publication where pubname = ${quoteText(publication)})`,
    },
    {
      remnant: `origin ${origin}`,
      removes: `if exists (select from pg_replication_origin where roname = ${quoteText(origin)}) then
      perform pg_replication_origin_drop(${quoteText(origin)});
    end if;`,
      gone: `select not exists (select from pg_replication_origin where roname = ${quoteText(origin)})`,
    },
    ...cutover.tables.map((table) => triggersOf(cutover, side, table)),
    ...[TOMBSTONE_TABLE, TOKEN_TABLE, SEED_TABLE].map((name) => tableOf(pawlTable(cutover, name))),
    sharedOf(cutover),
  ];
};

/** The remnants of one side in the order in which they go, each with the statement that removes it. Safe to repeat. */
export const dismantling = (
  cutover: CutoverBindings,
  side: Side,
): readonly { readonly remnant: Remnant; readonly sql: string; readonly gone: string }[] =>
  removals(cutover, side).map(({ remnant, gone }) => ({
    remnant,
    gone,
    sql: `select ${fnName(cutover)}(${quoteText(remnant)})`,
  }));

export const dropSlotSql = (cutover: CutoverBindings, slot: string): string =>
  `select ${slotFn(cutover)}(${quoteText(slot)})`;

/** The slot that a function which drops slots, as it is stored, lets go; null where it is of no form that pawl has written. */
export const slotDroppedBy = (body: string): string | null =>
  /^ {2}if slot <> '((?:[^']|'')+)' then/m.exec(body)?.[1]?.replaceAll("''", "'") ?? null;

/** What taking CDC apart leaves of pawl's functions, besides the one that a standing fence calls. */
export const functionsToDrop = (schema: string): readonly string[] =>
  ["pawl_set_fence(text, boolean)", "pawl_drop_slot(text)", "pawl_dismantle(text)"].map(
    (signature) => `drop function if exists ${quoteName(schema)}.${signature}`,
  );

const callable = (side: Side, signature: string, why: string): readonly SqlAction[] => [
  admin(
    side,
    "nobody but the guard may take CDC apart",
    `revoke execute on function ${signature} from public`,
    `select not has_function_privilege('public', ${quoteText(signature)}, 'execute')`,
  ),
  admin(
    side,
    why,
    `grant execute on function ${signature} to ${GUARD_ROLE}`,
    `select has_function_privilege('${GUARD_ROLE}', ${quoteText(signature)}, 'execute')`,
  ),
];

const definer = (side: Side, name: string, parameter: string, body: string, why: string): SqlAction =>
  owner(
    side,
    why,
    `create or replace function ${name}(${parameter} text) returns void language plpgsql security definer ` +
      `set search_path = pg_catalog, pg_temp as $pawl$${body}$pawl$`,
    `select exists (select from pg_proc where oid = to_regprocedure(${quoteText(`${name}(text)`)}) and prosrc = ${quoteText(body)})`,
  );

/**
 * Lets the guard take apart exactly what this cutover made, with its owner's rights: the guard itself may neither alter
 * a table nor drop anybody else's slot.
 */
export const dismantlingFunctions = (cutover: CutoverBindings, side: Side): readonly SqlAction[] => {
  const branches = removals(cutover, side).map(
    ({ remnant, removes }) => `  if remnant = ${quoteText(remnant)} then
    ${removes}
    return;
  end if;`,
  );
  const { slot } = cutover.streams[streamFrom(side)];
  return [
    definer(
      side,
      fnName(cutover),
      "remnant",
      `\nbegin\n${branches.join("\n")}\n  raise exception 'pawl: nothing here is called %', remnant;\nend `,
      "removes what CDC made on this side, one thing a call",
    ),
    definer(
      side,
      slotFn(cutover),
      "slot",
      `
begin
  if slot <> ${quoteText(slot)} then raise exception 'pawl: slot % is not of this cutover', slot; end if;
  if exists (select from pg_replication_slots where slot_name = slot) then perform pg_drop_replication_slot(slot); end if;
end `,
      "drops this cutover's slot and no other",
    ),
    ...callable(side, `${fnName(cutover)}(text)`, "the guard takes CDC apart after the soak"),
    ...callable(side, `${slotFn(cutover)}(text)`, "the guard drops the slot as soon as nobody reads it"),
  ];
};
