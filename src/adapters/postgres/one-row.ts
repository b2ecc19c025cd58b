import { type OutsideFailure, ok, outsideFailure, type Result } from "../../kernel/result.ts";
import type { Row, Session } from "./session.ts";

/** For queries that always answer one row. */
export const oneRow = async <As extends Row>(
  session: Session,
  what: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Result<As, OutsideFailure>> => {
  const result = await session.query<As>(what, sql, values);
  if (!result.ok) return result;
  const [row] = result.value;
  return row === undefined ? outsideFailure("malformed", `PostgreSQL, ${what}: no row`) : ok(row);
};
