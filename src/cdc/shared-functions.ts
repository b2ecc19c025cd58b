import type { CutoverBindings } from "../signals/bindings.ts";
import { definer, type FunctionSource, invoker } from "./function-source.ts";
import { CONFLICT_TABLE, pawlSchema, pawlTable, quoteName, quoteText, tableName } from "./names.ts";

/** A function that all tables share, quoted and schema-qualified. */
export const shared = (cutover: CutoverBindings, name: string): string =>
  `${quoteName(pawlSchema(cutover))}.${quoteName(name)}`;

/** Executes the other side's deletes, each only on a row that is older than the delete. */
const applyTombstones = (cutover: CutoverBindings): FunctionSource => {
  const conflict = pawlTable(cutover, CONFLICT_TABLE).quoted;
  const keys = cutover.tables.map(
    ({ name, key }, at) => `key_${at} ${tableName(name).quoted}.${quoteName(key)}%type; `,
  );
  const branches = cutover.tables.map(({ name, key }, at) => {
    const { plain, quoted } = tableName(name);
    return `  if new.tbl = ${quoteText(plain)} then
    key_${at} := new.k;
    delete from ${quoted} x where x.${quoteName(key)} = key_${at} and (x.pawl_ver, x.pawl_side) < (new.ver, new.side)
      returning to_jsonb(x) into gone;
  end if;`;
  });
  return definer(
    shared(cutover, "pawl_tombstone_apply"),
    `declare gone jsonb; ${keys.join("")}\n`,
    `${branches.join("\n")}
  if gone is not null and not ((gone->>'pawl_b')::bigint <= new.b and (gone->>'pawl_g')::bigint <= new.g) then
    insert into ${conflict} (tbl, k, winner, local_row, incoming, loser)
      values (new.tbl, new.k, 'incoming delete', gone, to_jsonb(new), (gone->>'pawl_ver') || (gone->>'pawl_side'))
      on conflict (tbl, k, loser) do nothing;
  end if;
  return null;`,
  );
};

/** What every bound table needs beside its own functions. */
export const sharedFunctions = (cutover: CutoverBindings): readonly FunctionSource[] => [
  invoker(shared(cutover, "pawl_skip"), "  return null;"),
  invoker(
    shared(cutover, "pawl_guard"),
    `  if not pg_replication_origin_session_is_setup() or current_setting('session_replication_role') <> 'replica' then
    raise exception 'pawl: sync session without replication origin, write refused';
  end if;
  return null;`,
  ),
  invoker(
    shared(cutover, "pawl_no_truncate"),
    "  raise exception 'pawl: TRUNCATE is not carried to the other side, use DELETE';",
  ),
  invoker(
    shared(cutover, "pawl_fenced"),
    "  raise exception 'pawl: % is fenced, only replication may write here', tg_relid::regclass using errcode = '25006';",
  ),
  invoker(
    shared(cutover, "pawl_tombstone_keep"),
    "  if (new.ver, new.side) <= (old.ver, old.side) then return null; end if;\n  return new;",
  ),
  applyTombstones(cutover),
];
