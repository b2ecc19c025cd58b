export interface FunctionSource {
  /** Quoted and schema-qualified, without arguments. */
  readonly name: string;
  readonly sql: string;
  /** As `pg_proc.prosrc` holds it: where it is the same, nothing needs replacing. */
  readonly body: string;
}

const trigger = (name: string, attributes: string, body: string): FunctionSource => ({
  name,
  sql: `create or replace function ${name}() returns trigger language plpgsql${attributes} as $pawl$${body}$pawl$`,
  body,
});

/** Runs with its owner's rights, so that neither the application nor the sync role needs any on pawl's own tables. */
export const definer = (name: string, declare: string, body: string): FunctionSource =>
  trigger(name, " security definer set search_path = pg_catalog, pg_temp", `\n${declare}begin\n${body}\nend `);

export const invoker = (name: string, body: string): FunctionSource => trigger(name, "", `\nbegin\n${body}\nend `);
