import type { CutoverBindings, Side } from "../signals/bindings.ts";
import type { FunctionSource } from "./function-source.ts";
import { GUARD_ROLE, pawlSchema, quoteName, quoteText, type TableName, tableName } from "./names.ts";
import { createFunction } from "./plan-triggers.ts";
import { admin, owner, type SqlAction } from "./plan-types.ts";
import { sharedFunctions } from "./shared-functions.ts";

export const FENCE_TRIGGER = "pawl_fence";

/**
 * A fence is a statement trigger that refuses every write of a session that is not a replica, whatever its role: owner,
 * application and administrator alike, while the sink goes on. Making it takes a lock that waits for the writers under
 * way, so once it stands no write of before is still open.
 */
const fenceFunction = (cutover: CutoverBindings): string => `${quoteName(pawlSchema(cutover))}.pawl_set_fence`;

const raise = (table: TableName, fenced: string): string => `  if target = ${quoteText(table.plain)} then
    if raised then
      create or replace trigger ${FENCE_TRIGGER} before insert or update or delete or truncate on ${table.quoted}
        for each statement execute function ${fenced}();
      alter table ${table.quoted} enable trigger ${FENCE_TRIGGER};
    elsif exists (select from pg_trigger where tgrelid = ${quoteText(table.quoted)}::regclass and tgname = '${FENCE_TRIGGER}') then
      alter table ${table.quoted} disable trigger ${FENCE_TRIGGER};
    end if;
    return;
  end if;`;

/** The tables that a fence's function, as it is stored, can fence; none where it is of no form that pawl has written. */
export const tablesFencedBy = (body: string): readonly string[] =>
  [...body.matchAll(/^ {2}if target = '((?:[^']|'')+)' then$/gm)].map(([, name]) => (name ?? "").replaceAll("''", "'"));

const setFence = (cutover: CutoverBindings, side: Side): SqlAction => {
  const name = fenceFunction(cutover);
  const fenced = `${quoteName(pawlSchema(cutover))}.pawl_fenced`;
  const body = `
begin
${cutover.tables.map((table) => raise(tableName(table.name), fenced)).join("\n")}
  raise exception 'pawl: % is not a table of this cutover', target;
end `;
  return owner(
    side,
    "raises and lowers the fence of one table with its owner's rights, so that the guard needs none on the table",
    `create or replace function ${name}(target text, raised boolean) returns void language plpgsql security definer ` +
      `set search_path = pg_catalog, pg_temp as $pawl$${body}$pawl$`,
    `select exists (select from pg_proc where oid = to_regprocedure(${quoteText(`${name}(text,boolean)`)}) and prosrc = ${quoteText(body)})`,
  );
};

/** Makes the fence raisable on one side. Needs pawl's schema and nothing else; raises nothing. */
export const fenceFunctions = (cutover: CutoverBindings, side: Side): readonly SqlAction[] => [
  ...sharedFunctions(cutover)
    .filter(({ name }) => name.includes("pawl_fenced"))
    .map((source: FunctionSource) => createFunction(side, source, "refuses a write on a fenced table")),
  setFence(cutover, side),
];

export const fenceRights = (cutover: CutoverBindings, side: Side): readonly SqlAction[] => {
  const signature = `${fenceFunction(cutover)}(text, boolean)`;
  return [
    admin(
      side,
      "nobody but the guard may raise or lower it",
      `revoke execute on function ${signature} from public`,
      `select not has_function_privilege('public', ${quoteText(signature)}, 'execute')`,
    ),
    admin(
      side,
      "the guard fences blue when CDC is taken apart",
      `grant execute on function ${signature} to ${GUARD_ROLE}`,
      `select has_function_privilege('${GUARD_ROLE}', ${quoteText(signature)}, 'execute')`,
    ),
  ];
};

/** Raises (or lowers) the fence of one side, one table a statement. Safe to repeat. */
export const fence = (cutover: CutoverBindings, side: Side, raised: boolean): readonly SqlAction[] =>
  cutover.tables.map(({ name }) => {
    const standing =
      `exists (select from pg_trigger where tgrelid = to_regclass(${quoteText(tableName(name).quoted)}) ` +
      "and tgname = 'pawl_fence' and tgenabled <> 'D')";
    return owner(
      side,
      raised ? `no application writes ${name} on ${side}` : `the application may write ${name} on ${side}`,
      `select ${fenceFunction(cutover)}(${quoteText(name)}, ${raised})`,
      raised ? `select ${standing}` : `select not ${standing}`,
    );
  });
