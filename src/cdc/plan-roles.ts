import type { CutoverBindings, Side } from "../signals/bindings.ts";
import {
  CONFLICT_TABLE,
  GUARD_ROLE,
  pawlSchema,
  pawlTable,
  publishedTables,
  quoteName,
  quoteText,
  SEED_TABLE,
  SIDES,
  SINK_ROLE,
  SOURCE_ROLE,
  streamInto,
  type TableName,
  TOKEN_TABLE,
  TOMBSTONE_TABLE,
  tableName,
} from "./names.ts";
import {
  admin,
  owner,
  type PasswordAction,
  type PasswordSetting,
  type PlanAction,
  type SqlAction,
} from "./plan-types.ts";

const roleHas = (role: string, attributes: string): string =>
  `select exists (select from pg_roles where rolname = ${quoteText(role)} and ${attributes})`;

const role = (side: Side, name: string, attributes: string, why: string): readonly SqlAction[] => {
  const wanted = attributes.includes("replication") ? "rolcanlogin and rolreplication" : "rolcanlogin";
  return [
    admin(side, why, `create role ${name} ${attributes}`, roleHas(name, "true")),
    admin(side, why, `alter role ${name} ${attributes}`, roleHas(name, wanted)),
  ];
};

const password = (side: Side, role: string, setting: PasswordSetting): PasswordAction => ({
  kind: "password",
  side,
  right: "admin",
  why: `${role} logs in with the password of ${setting}, sent as a SCRAM verifier`,
  role,
  setting,
});

const schemasOf = (cutover: CutoverBindings): readonly string[] => [
  ...new Set([...cutover.tables.map(({ name }) => tableName(name).schema), pawlSchema(cutover)]),
];

const usage = (side: Side, schema: string): SqlAction => {
  const roles = [SOURCE_ROLE, SINK_ROLE, GUARD_ROLE];
  return admin(
    side,
    "the three roles may look into the schema",
    `grant usage on schema ${quoteName(schema)} to ${roles.join(", ")}`,
    `select ${roles.map((name) => `has_schema_privilege('${name}', ${quoteText(schema)}, 'usage')`).join(" and ")}`,
  );
};

const ORIGIN_FUNCTIONS = ["pg_replication_origin_session_setup(text)", "pg_replication_origin_session_is_setup()"];

/** Roles, what the administrator alone may grant, and the origin that marks what came from the other side. */
export const rolesPhase = (cutover: CutoverBindings): readonly PlanAction[] =>
  SIDES.flatMap((side): PlanAction[] => [
    ...role(side, SOURCE_ROLE, "login replication", "reads the write-ahead log"),
    ...role(side, SINK_ROLE, "login", "applies the other side's rows"),
    ...role(side, GUARD_ROLE, "login", "looks at lag, slots and rows, and writes tokens"),
    password(side, SOURCE_ROLE, "PAWL_CDC_SOURCE_PASSWORD"),
    password(side, SINK_ROLE, "PAWL_CDC_SINK_PASSWORD"),
    password(side, GUARD_ROLE, side === "blue" ? "PAWL_BLUE_URL" : "PAWL_GREEN_URL"),
    ...schemasOf(cutover).map((schema) => usage(side, schema)),
    admin(
      side,
      "slots and other sessions are visible to the guard",
      // A member that does not inherit sees nothing, and a transaction that it cannot see is none to it.
      `grant pg_monitor to ${GUARD_ROLE} with inherit true`,
      `select pg_has_role('${GUARD_ROLE}', 'pg_monitor', 'usage')`,
    ),
    admin(
      side,
      "the sink's session is a replica: foreign keys and the application's triggers do not fire for what it applies",
      `grant set on parameter session_replication_role to ${SINK_ROLE}`,
      `select has_parameter_privilege('${SINK_ROLE}', 'session_replication_role', 'set')`,
    ),
    ...ORIGIN_FUNCTIONS.map((name) =>
      admin(
        side,
        "the sink's session carries an origin",
        `grant execute on function pg_catalog.${name} to ${SINK_ROLE}`,
        `select has_function_privilege('${SINK_ROLE}', 'pg_catalog.${name}', 'execute')`,
      ),
    ),
    origin(side, cutover.streams[streamInto(side)].origin),
  ]);

const origin = (side: Side, name: string): SqlAction =>
  admin(
    side,
    "marks what came from the other side, so that it is not sent back",
    `select pg_replication_origin_create(${quoteText(name)})`,
    `select exists (select from pg_replication_origin where roname = ${quoteText(name)})`,
  );

const grant = (side: Side, roleName: string, rights: readonly string[], table: TableName): SqlAction =>
  owner(
    side,
    `${roleName} needs it on ${table.plain}`,
    `grant ${rights.join(", ")} on table ${table.quoted} to ${roleName}`,
    `select ${rights.map((right) => `has_table_privilege('${roleName}', ${quoteText(table.quoted)}, '${right}')`).join(" and ")}`,
  );

/** What each role may do with each table, and nothing more. */
export const rightsPhase = (cutover: CutoverBindings): readonly PlanAction[] =>
  SIDES.flatMap((side): PlanAction[] => {
    const own = (name: string): TableName => pawlTable(cutover, name);
    const rows = [...cutover.tables.map(({ name }) => tableName(name)), own(TOMBSTONE_TABLE)];
    return [
      ...publishedTables(cutover).map((table) => grant(side, SOURCE_ROLE, ["select"], table)),
      grant(side, SOURCE_ROLE, ["insert", "update"], own(TOKEN_TABLE)),
      ...rows.map((table) => grant(side, SINK_ROLE, ["select", "insert", "update", "delete"], table)),
      grant(side, SINK_ROLE, ["select", "insert", "update", "delete"], own(TOKEN_TABLE)),
      ...[...rows, own(CONFLICT_TABLE), own(SEED_TABLE)].map((table) => grant(side, GUARD_ROLE, ["select"], table)),
      grant(side, GUARD_ROLE, ["select", "insert", "update"], own(TOKEN_TABLE)),
      ...schemasOf(cutover).map((schema) => sequencesRight(side, schema)),
    ];
  });

const sequencesRight = (side: Side, schema: string): SqlAction =>
  owner(
    side,
    "the guard sees how far each side's numbers have gone",
    `grant select on all sequences in schema ${quoteName(schema)} to ${GUARD_ROLE}`,
    `select coalesce(bool_and(has_sequence_privilege('${GUARD_ROLE}', format('%I.%I', schemaname, sequencename), 'select')), true) ` +
      `from pg_sequences where schemaname = ${quoteText(schema)}`,
  );
