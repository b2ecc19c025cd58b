/**
 * Every sequence of the given schemas but pawl's own, with the largest value of the column it feeds: an `integer` column
 * behind a `bigint` sequence ends long before the sequence does. `$1` is the list of schemas.
 */
export const sequencesSql = `
select s.schemaname || '.' || s.sequencename as name, s.increment_by::text as increment, s.start_value::text as "startValue",
  s.min_value::text as minimum, s.max_value::text as maximum, s.cycle, s.last_value::text as "lastValue",
  (select min(case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
      when 'int8'::regtype then 9223372036854775807 end)::text
    from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass
      and d.deptype in ('a', 'i')) as "columnMaximum"
from pg_sequences s
join pg_namespace n on n.nspname = s.schemaname
join pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename
where s.schemaname = any ($1::text[]) and s.sequencename !~ '^pawl_'
order by 1`;
