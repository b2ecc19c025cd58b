import type { SequenceFacts } from "../../cdc/facts.ts";
import type { TableName } from "../../cdc/names.ts";
import { type OutsideFailure, ok, type Result } from "../../kernel/result.ts";
import type { Session } from "./session.ts";

/**
 * Every sequence of the given schemas but pawl's own, with the largest value of the column it feeds, as its owner or by its
 * default: an `integer` column behind a `bigint` sequence ends long before the sequence does.
 */
const SEQUENCES = `
select s.schemaname || '.' || s.sequencename as name, format('%I.%I', s.schemaname, s.sequencename) as quoted,
  s.increment_by::text as increment, s.min_value::text as minimum, s.max_value::text as maximum, s.cycle,
  (select min(case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
      when 'int8'::regtype then 9223372036854775807 end)::text
    from (select d.refobjid, d.refobjsubid from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
      union all select f.adrelid, f.adnum from pg_depend d join pg_attrdef f on f.oid = d.objid
        where d.classid = 'pg_attrdef'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid) as fed (rel, num)
    join pg_attribute a on a.attrelid = fed.rel and a.attnum = fed.num) as "columnMaximum"
from pg_sequences s
join pg_namespace n on n.nspname = s.schemaname
join pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename
where s.schemaname = any ($1::text[]) and s.sequencename !~ '^pawl_'
order by 1`;

interface SequenceRow extends Omit<SequenceFacts, "next"> {
  readonly [column: string]: unknown;
  readonly quoted: string;
}

/** Sequences of the tables' schemas, and what each gives next: `pg_sequences` does not tell that of one that was only set. */
export const readSequences = async (
  session: Session,
  tables: readonly TableName[],
): Promise<Result<readonly SequenceFacts[], OutsideFailure>> => {
  const found = await session.query<SequenceRow>("sequences", SEQUENCES, [[...new Set(tables.map((of) => of.schema))]]);
  if (!found.ok || found.value.length === 0) return found.ok ? ok([]) : found;
  const each = found.value.map(
    ({ quoted, increment }, at) =>
      `select ${at} as at, (case when is_called then last_value + (${BigInt(increment)}) else last_value end)::text as next from ${quoted}`,
  );
  const values = await session.query<{ at: number; next: string }>("sequence values", each.join(" union all "));
  if (!values.ok) return values;
  const nextOf = new Map(values.value.map(({ at, next }) => [at, next]));
  return ok(found.value.map(({ quoted: _, ...facts }, at) => ({ ...facts, next: nextOf.get(at) ?? "0" })));
};
