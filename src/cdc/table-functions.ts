import type { CutoverBindings, Side } from "../signals/bindings.ts";
import { definer, type FunctionSource } from "./function-source.ts";
import { CONFLICT_TABLE, pawlTable, quoteName, quoteText, TOMBSTONE_TABLE, tableName } from "./names.ts";

/** Longer table names would be cut by PostgreSQL when prefixed, and two of them could then share a function. */
export const LONGEST_TABLE_NAME = 40;

const NOW_MICROS = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

/** A bound table, as its functions on one side name things. */
interface Bound {
  readonly side: Side;
  /** The counter of this side's own writes in the version vector. */
  readonly own: "pawl_b" | "pawl_g";
  readonly table: string;
  readonly plain: string;
  readonly key: string;
  readonly schema: string;
  readonly tombstone: string;
  readonly conflict: string;
}

export const bound = (cutover: CutoverBindings, side: Side, of: CutoverBindings["tables"][number]): Bound => {
  const name = tableName(of.name);
  return {
    side,
    own: side === "blue" ? "pawl_b" : "pawl_g",
    table: name.table,
    plain: quoteText(name.plain),
    key: quoteName(of.key),
    schema: name.schema,
    tombstone: pawlTable(cutover, TOMBSTONE_TABLE).quoted,
    conflict: pawlTable(cutover, CONFLICT_TABLE).quoted,
  };
};

/** A function of one table, quoted and schema-qualified. */
export const named = (of: Bound, prefix: string): string =>
  `${quoteName(of.schema)}.${quoteName(`${prefix}_${of.table}`)}`;

/** Stamps a write of the application with a version newer than any the key has had, a buried one included. */
const stampVersion = (of: Bound): FunctionSource =>
  definer(
    named(of, "pawl_app"),
    "declare base bigint := 0; keyed boolean := true; grave record;\n",
    `  if tg_op = 'UPDATE' then
    base := old.pawl_ver; new.pawl_b := old.pawl_b; new.pawl_g := old.pawl_g;
    keyed := new.${of.key} is distinct from old.${of.key};
  else
    new.pawl_b := 0; new.pawl_g := 0;
  end if;
  if keyed then
    select ver, b, g into grave from ${of.tombstone} where tbl = ${of.plain} and k = new.${of.key}::text;
    if found then
      base := greatest(base, grave.ver);
      new.pawl_b := greatest(new.pawl_b, grave.b); new.pawl_g := greatest(new.pawl_g, grave.g);
    end if;
  end if;
  new.pawl_ver := greatest(${NOW_MICROS}, base + 1);
  new.pawl_side := ${quoteText(of.side)};
  new.${of.own} := new.pawl_ver;
  return new;`,
  );

const logConflict = (of: Bound, key: string, winner: string, local: string, incoming: string, loser: string): string =>
  `insert into ${of.conflict} (tbl, k, winner, local_row, incoming, loser)
      values (${of.plain}, ${key}, ${winner}, ${local}, ${incoming}, ${loser}) on conflict (tbl, k, loser) do nothing;`;

/**
 * Takes what the other side wrote: a replay is dropped, a successor taken; where both wrote, the newer one stays and
 * both images are kept. The vectors are not merged afterwards: that would log pairs that are already resolved.
 */
const takeUpdate = (of: Bound): FunctionSource =>
  definer(
    named(of, "pawl_sync"),
    "declare newer boolean := (new.pawl_ver, new.pawl_side) > (old.pawl_ver, old.pawl_side);\n",
    `  if new.pawl_b <= old.pawl_b and new.pawl_g <= old.pawl_g then return null; end if;
  if new.pawl_b >= old.pawl_b and new.pawl_g >= old.pawl_g then return new; end if;
    ${logConflict(
      of,
      `old.${of.key}::text`,
      "case when newer then 'incoming' else 'local' end",
      "to_jsonb(old)",
      "to_jsonb(new)",
      "case when newer then old.pawl_ver || old.pawl_side else new.pawl_ver || new.pawl_side end",
    )}
  if newer then return new; end if;
  return null;`,
  );

/** A delete travels as a row of its own, with a version: the key alone could not tell an old row from a newer one. */
const bury = (of: Bound): FunctionSource =>
  definer(
    named(of, "pawl_bury"),
    "declare v bigint;\n",
    `  v := greatest(${NOW_MICROS}, old.pawl_ver + 1,
    coalesce((select ver + 1 from ${of.tombstone} where tbl = ${of.plain} and k = old.${of.key}::text), 0));
  insert into ${of.tombstone} (tbl, k, ver, side, b, g)
    values (${of.plain}, old.${of.key}::text, v, ${quoteText(of.side)}, ${of.side === "blue" ? "v, old.pawl_g" : "old.pawl_b, v"})
    on conflict (tbl, k) do update set ver = excluded.ver, side = excluded.side, b = excluded.b, g = excluded.g;
  return null;`,
  );

/** Keeps a row that was deleted from coming back by a late or repeated insert. */
const takeInsert = (of: Bound): FunctionSource =>
  definer(
    named(of, "pawl_unbury"),
    "declare grave record;\n",
    `  select ver, side, b, g into grave from ${of.tombstone} where tbl = ${of.plain} and k = new.${of.key}::text;
  if not found then return new; end if;
  if (grave.ver, grave.side) > (new.pawl_ver, new.pawl_side) then
    if not (new.pawl_b <= grave.b and new.pawl_g <= grave.g) then
      ${logConflict(of, `new.${of.key}::text`, "'local delete'", "null", "to_jsonb(new)", "new.pawl_ver || new.pawl_side")}
    end if;
    return null;
  end if;
  if not (grave.b <= new.pawl_b and grave.g <= new.pawl_g) then
      ${logConflict(of, `new.${of.key}::text`, "'incoming'", "null", "to_jsonb(new)", "grave.ver || grave.side")}
  end if;
  return new;`,
  );

/** The functions that one bound table needs on one side. */
export const tableFunctions = (
  cutover: CutoverBindings,
  side: Side,
  table: CutoverBindings["tables"][number],
): readonly FunctionSource[] => {
  const of = bound(cutover, side, table);
  return [stampVersion(of), takeUpdate(of), bury(of), takeInsert(of)];
};
