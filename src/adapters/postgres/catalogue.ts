import type { ColumnFacts, DatabaseFacts, SettingName, SlotFacts, TableFacts } from "../../cdc/facts.ts";
import type { TableName } from "../../cdc/names.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../kernel/result.ts";
import type { Side } from "../../signals/bindings.ts";
import { readSequences } from "./sequences.ts";
import type { Session } from "./session.ts";
import { TIMELINE } from "./timeline.ts";

const SERVER = `
select current_setting('server_version_num')::int as version,
  (select system_identifier::text from pg_control_system()) as system_identifier,
  ${TIMELINE} as timeline,
  extract(epoch from pg_postmaster_start_time())::text || ' ' || current_database() as instance,
  (select jsonb_object_agg(name, case when name = 'max_slot_wal_keep_size' then setting else current_setting(name) end)
    from pg_settings where name in
    ('wal_level', 'synchronous_commit', 'max_replication_slots', 'max_wal_senders', 'max_slot_wal_keep_size')) as settings,
  (select coalesce(jsonb_agg(trim(coalesce('role ' || rolname, '') || coalesce(' database ' || datname, ''))), '[]')
    from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase
    where exists (select from unnest(setconfig) c where c ~* '^synchronous_commit=(off|false|no|0)$') and (datname is null or datname = current_database())) as asynchronous,
  (select coalesce(jsonb_agg(jsonb_build_object('name', slot_name, 'active', active, 'walStatus', wal_status)), '[]')
    from pg_replication_slots) as slots,
  (select count(*)::int from pg_stat_replication) as senders,
  (select count(*)::int from pg_largeobject_metadata) as large_objects,
  (select coalesce(jsonb_agg(jsonb_build_object('name', rolname, 'canLogin', rolcanlogin, 'replication', rolreplication)), '[]')
    from pg_roles where rolname !~ '^pg_') as roles,
  (select coalesce(jsonb_agg(roname), '[]') from pg_replication_origin) as origins,
  (select coalesce(jsonb_agg(jsonb_build_object('name', pubname, 'tables', (
      select coalesce(jsonb_agg(schemaname || '.' || tablename), '[]') from pg_publication_tables t where t.pubname = p.pubname))), '[]')
    from pg_publication p) as publications`;

const KIND = (
  alias: string,
): string => `case ${alias}.typtype when 'b' then 'base' when 'e' then 'enum' when 'd' then 'domain'
  when 'c' then 'composite' when 'r' then 'range' else 'other' end`;

const COLUMNS = `select coalesce(jsonb_agg(jsonb_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
    'typeKind', ${KIND("t")}, 'elementKind', case when t.typcategory = 'A' then ${KIND("e")} end,
    'generated', case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' else 'no' end,
    'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' else 'no' end) order by a.attnum), '[]')
  from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type e on e.oid = t.typelem
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`;

/** A trigger's type has bit 32 where it fires on TRUNCATE. */
const TRIGGERS = `select coalesce(jsonb_agg(jsonb_build_object('name', tgname, 'onTruncate', (tgtype & 32) <> 0,
    'enabled', case tgenabled when 'O' then 'origin' when 'D' then 'disabled' when 'R' then 'replica' else 'always' end)), '[]')
  from pg_trigger where tgrelid = c.oid and not tgisinternal`;

const TABLES = `
select n.nspname || '.' || c.relname as name,
  case c.relkind when 'r' then 'table' when 'p' then 'partitioned' when 'v' then 'view' when 'm' then 'view'
    when 'f' then 'foreign' else 'other' end as kind,
  case c.relpersistence when 'p' then 'permanent' when 'u' then 'unlogged' else 'temporary' end as persistence,
  c.relispartition as "isPartition",
  not c.relispartition and exists (select from pg_inherits where inhrelid = c.oid or inhparent = c.oid) as inherits,
  c.relrowsecurity as "rowSecurity",
  case c.relreplident when 'd' then 'default' when 'n' then 'nothing' when 'f' then 'full' else 'index' end as "replicaIdentity",
  (select coalesce(jsonb_agg(a.attname order by k.ord), '[]') from pg_index i, unnest(i.indkey) with ordinality as k(att, ord)
    join pg_attribute a on a.attnum = k.att where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid) as "primaryKey",
  (${COLUMNS}) as columns,
  (select coalesce(jsonb_agg(jsonb_build_object('name', conname, 'definition', pg_get_constraintdef(oid), 'validated', convalidated)), '[]')
    from pg_constraint where conrelid = c.oid and contype = 'c') as checks,
  (${TRIGGERS}) as triggers,
  (select coalesce(jsonb_agg(x.relname), '[]') from pg_index i join pg_class x on x.oid = i.indexrelid
    where i.indrelid = c.oid and not i.indisprimary and (i.indisunique or i.indisexclusion)) as "otherUniques",
  (select coalesce(jsonb_agg(conname), '[]') from pg_constraint where conrelid = c.oid and contype = 'f') as "foreignKeys",
  (select coalesce(jsonb_agg(rulename), '[]') from pg_rewrite where ev_class = c.oid and rulename <> '_RETURN') as rules,
  (select coalesce(jsonb_agg(distinct case when grantee = 0 then 'public' else pg_get_userbyid(grantee)::text end), '[]')
    from aclexplode(c.relacl) where privilege_type = 'TRUNCATE' and grantee <> c.relowner) as "mayTruncate",
  (select coalesce(jsonb_agg(s.subname), '[]') from pg_subscription_rel r join pg_subscription s on s.oid = r.srsubid
    where r.srrelid = c.oid) as subscriptions,
  (select coalesce(jsonb_agg(distinct sn.nspname || '.' || s.relname), '[]') from pg_attrdef f
    join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass
    join pg_class s on s.oid = d.refobjid and s.relkind = 'S' join pg_namespace sn on sn.oid = s.relnamespace
    where f.adrelid = c.oid) as "defaultSequences"
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname || '.' || c.relname = any ($1::text[])`;

/** What a complete cutover leaves is a fence, whose trigger stands for nothing that is still carried. */
const OWN = `
select (select coalesce(jsonb_agg(distinct tn.nspname || '.' || c.relname), '[]')
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace tn on tn.oid = c.relnamespace
    join pg_proc p on p.oid = t.tgfoid join pg_namespace n on n.oid = p.pronamespace
    where not t.tgisinternal and t.tgname <> 'pawl_fence' and p.proname ~ '^pawl_' and n.nspname = any ($1::text[])) as triggers,
  (select coalesce(jsonb_agg(jsonb_build_object('schema', n.nspname, 'name', p.proname, 'body', p.prosrc)), '[]')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.proname in ('pawl_set_fence', 'pawl_drop_slot') and n.nspname = any ($1::text[])) as functions,
  (select coalesce(jsonb_agg(n.nspname || '.' || c.relname order by n.nspname, c.relname), '[]')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any ($1::text[]) and c.relname !~ '^pawl_'
      and n.nspname || '.' || c.relname <> all ($2::text[])) as beside`;

interface OwnRow {
  readonly [column: string]: unknown;
  readonly triggers: DatabaseFacts["pawlTriggers"];
  readonly functions: DatabaseFacts["pawlFunctions"];
  readonly beside: DatabaseFacts["tablesBeside"];
}

interface ServerRow {
  readonly [column: string]: unknown;
  readonly version: number;
  readonly system_identifier: string;
  readonly timeline: number;
  readonly instance: string;
  readonly settings: Readonly<Record<SettingName, string>>;
  readonly asynchronous: readonly string[];
  readonly slots: readonly SlotFacts[];
  readonly senders: number;
  readonly large_objects: number;
  readonly roles: DatabaseFacts["roles"];
  readonly origins: readonly string[];
  readonly publications: DatabaseFacts["publications"];
}

type TableRow = TableFacts & { readonly [column: string]: unknown; readonly columns: readonly ColumnFacts[] };

/** Reads the whole catalogue that CDC depends on. Needs the administrator: others do not see every setting. */
export const readFacts = async (
  session: Session,
  side: Side,
  tables: readonly TableName[],
): Promise<Result<DatabaseFacts, OutsideFailure>> => {
  const server = await session.query<ServerRow>(`settings of ${side}`, SERVER);
  if (!server.ok) return server;
  const [row] = server.value;
  if (row === undefined) return outsideFailure("malformed", `PostgreSQL, settings of ${side}: no row`);
  const names = tables.map(({ plain }) => plain);
  const found = await session.query<TableRow>(`tables of ${side}`, TABLES, [names]);
  if (!found.ok) return found;
  const sequences = await readSequences(session, tables);
  if (!sequences.ok) return sequences;
  const schemas = [...new Set(tables.map(({ schema }) => schema))];
  const own = await session.query<OwnRow>(`pawl's own on ${side}`, OWN, [schemas, names]);
  if (!own.ok) return own;
  return ok({
    side,
    serverVersion: row.version,
    systemIdentifier: row.system_identifier,
    timeline: row.timeline,
    instance: row.instance,
    settings: row.settings,
    asynchronousCommitters: row.asynchronous,
    slots: row.slots.map((slot) => ({ ...slot, invalidation: null })),
    walSendersInUse: row.senders,
    largeObjects: row.large_objects,
    tables: found.value,
    sequences: sequences.value,
    roles: row.roles,
    origins: row.origins,
    publications: row.publications,
    tablesBeside: own.value[0]?.beside ?? [],
    pawlTriggers: own.value[0]?.triggers ?? [],
    pawlFunctions: own.value[0]?.functions ?? [],
  });
};
