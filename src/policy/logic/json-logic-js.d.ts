/** json-logic-js ships no types. Only `apply` is declared: `add_operation` would change the judge for the whole process. */
declare module "json-logic-js" {
  const jsonLogic: { apply(rule: unknown, data: unknown): unknown };
  export = jsonLogic;
}
