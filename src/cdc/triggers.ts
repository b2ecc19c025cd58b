import type { CutoverBindings, Side } from "../signals/bindings.ts";
import {
  CONFLICT_TABLE,
  pawlSchema,
  pawlTable,
  quoteName,
  quoteText,
  SINK_ROLE,
  TOMBSTONE_TABLE,
  tableName,
} from "./names.ts";

export interface FunctionSource {
  /** Quoted and schema-qualified, without arguments. */
  readonly name: string;
  readonly sql: string;
  /** As `pg_proc.prosrc` holds it: where it is the same, nothing needs replacing. */
  readonly body: string;
}

export interface TriggerSource {
  readonly name: string;
  /** e.g. `before insert or update` */
  readonly event: string;
  /** From `for each …` to the function. */
  readonly action: string;
  /** `always`: fires for the sink's replica session too. An ordinary trigger is skipped there, so incoming versions stay. */
  readonly fires: "ordinary" | "always";
}

/** Longer table names would be cut by PostgreSQL when prefixed, and two of them could then share a function. */
export const LONGEST_TABLE_NAME = 40;

const BY_SINK = `when (current_user = ${quoteText(SINK_ROLE)})`;
const NOW_MICROS = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

const trigger = (name: string, attributes: string, body: string): FunctionSource => ({
  name,
  sql: `create or replace function ${name}() returns trigger language plpgsql${attributes} as $pawl$${body}$pawl$`,
  body,
});

/** Runs with its owner's rights, so that neither the application nor the sync role needs any on pawl's own tables. */
const definer = (name: string, declare: string, body: string): FunctionSource =>
  trigger(name, " security definer set search_path = pg_catalog, pg_temp", `\n${declare}begin\n${body}\nend `);

const invoker = (name: string, body: string): FunctionSource => trigger(name, "", `\nbegin\n${body}\nend `);

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

const bound = (cutover: CutoverBindings, side: Side, of: CutoverBindings["tables"][number]): Bound => {
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

const named = (of: Bound, prefix: string): string => `${quoteName(of.schema)}.${quoteName(`${prefix}_${of.table}`)}`;

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

const shared = (cutover: CutoverBindings, name: string): string =>
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

/** Refuses a write of the sync role whose session has no origin: a missing tag becomes a failed task, never a loop. */
const guardTrigger = (cutover: CutoverBindings): TriggerSource => ({
  name: "pawl_guard",
  event: "before insert or update or delete or truncate",
  action: `for each statement ${BY_SINK} execute function ${shared(cutover, "pawl_guard")}()`,
  fires: "always",
});

export const applicationTableTriggers = (
  cutover: CutoverBindings,
  side: Side,
  table: CutoverBindings["tables"][number],
): readonly TriggerSource[] => {
  const of = bound(cutover, side, table);
  const row = (prefix: string, when = ""): string =>
    `for each row ${when}${when === "" ? "" : " "}execute function ${named(of, prefix)}()`;
  const rekeyed = `when (old.${of.key} is distinct from new.${of.key})`;
  return [
    { name: "pawl_app", event: "before insert or update", action: row("pawl_app"), fires: "ordinary" },
    { name: "pawl_bury", event: "after delete", action: row("pawl_bury"), fires: "ordinary" },
    { name: "pawl_bury_key", event: "after update", action: row("pawl_bury", rekeyed), fires: "ordinary" },
    {
      name: "pawl_no_truncate",
      event: "before truncate",
      action: `for each statement execute function ${shared(cutover, "pawl_no_truncate")}()`,
      fires: "ordinary",
    },
    { name: "pawl_sync", event: "before update", action: row("pawl_sync", BY_SINK), fires: "always" },
    { name: "pawl_unbury", event: "before insert", action: row("pawl_unbury", BY_SINK), fires: "always" },
    {
      name: "pawl_skip",
      event: "before delete",
      action: `for each row ${BY_SINK} execute function ${shared(cutover, "pawl_skip")}()`,
      fires: "always",
    },
    guardTrigger(cutover),
  ];
};

export const tombstoneTriggers = (cutover: CutoverBindings): readonly TriggerSource[] => [
  {
    name: "pawl_tombstone_keep",
    event: "before update",
    action: `for each row ${BY_SINK} execute function ${shared(cutover, "pawl_tombstone_keep")}()`,
    fires: "always",
  },
  {
    name: "pawl_tombstone_apply",
    event: "after insert or update",
    action: `for each row ${BY_SINK} execute function ${shared(cutover, "pawl_tombstone_apply")}()`,
    fires: "always",
  },
  guardTrigger(cutover),
];

export const tokenTriggers = (cutover: CutoverBindings): readonly TriggerSource[] => [guardTrigger(cutover)];
