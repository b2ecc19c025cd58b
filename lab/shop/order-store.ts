import type { Pool } from "pg";
import type { OrderChange, OrderContent, OrderView, Side, WriteOutcome } from "./order.ts";

export interface OrderStore {
  read(id: string): Promise<OrderView | null>;
  insert(opId: string, total: string, content: OrderContent): Promise<WriteOutcome>;
  update(opId: string, id: string, expected: number, delta: string, change: OrderChange): Promise<WriteOutcome>;
  delete(opId: string, id: string, expected: number): Promise<WriteOutcome>;
}

const READ = `
  select id, version, total, ref, customer, status, quantity, note, tags, payload, paid, weight,
         placed_on::text as "placedOn", encode(attachment, 'hex') as attachment
    from appdb.orders where id = $1`;

// One statement is one transaction: the order and the event of the operation are written together or not at all, in one
// round trip. A repeated operation finds its event and changes nothing; should two copies race, the event's primary key
// fails the second one as a whole.
const event = (kind: "insert" | "update" | "delete", version: string, delta: string): string => `
  written as (insert into appdb.order_events (op_id, order_id, kind, delta, version, side)
              select $1::uuid, id, '${kind}', ${delta}, ${version}, $2 from changed)
  select id, ${version} as version from changed`;

const INSERT = `
  with changed as (
    insert into appdb.orders (ref, side, total, customer, status, quantity, note, tags, payload, paid, weight,
                              placed_on, attachment)
    select $1::uuid, $2, $3::numeric, $4, $5::appdb.order_status, $6::integer, $7, $8::text[], $9::jsonb, $10::boolean,
           $11::float8, $12::date, decode($13, 'hex')
     where not exists (select from appdb.order_events where op_id = $1)
    returning id, version),
  ${event("insert", "version", "$3::numeric")}`;

const UPDATE = `
  with changed as (
    update appdb.orders
       set total = total + $5::numeric, status = $6::appdb.order_status, note = coalesce($7, note), ref = $1::uuid,
           side = $2, version = version + 1, updated_at = now()
     where id = $3 and version = $4 and not exists (select from appdb.order_events where op_id = $1)
    returning id, version),
  ${event("update", "version", "$5::numeric")}`;

const DELETE = `
  with changed as (
    delete from appdb.orders
     where id = $3 and version = $4 and not exists (select from appdb.order_events where op_id = $1)
    returning id, version),
  ${event("delete", "version + 1", "0")}`;

const OUTCOME = `
  select e.order_id, e.version as done, o.version as shown
    from (select 1) one
    left join appdb.order_events e on e.op_id = $1
    left join appdb.orders o on o.id = $2`;

/** Orders of one side. Every write is conditional on the version its user has seen, and repeats are harmless. */
export const orderStore = (pool: Pool, side: Side): OrderStore => {
  /** Nothing was changed: either the operation was applied before, or this side shows another version. */
  const explain = async (opId: string, id: string | null, expected: number): Promise<WriteOutcome> => {
    const { rows } = await pool.query({ name: "outcome", text: OUTCOME, values: [opId, id] });
    const { order_id: orderId, done, shown } = rows[0];
    if (done !== null) return { kind: "applied", id: orderId, version: Number(done), repeated: true };
    const version = shown === null ? null : Number(shown);
    return { kind: "refused", why: version !== null && version > expected ? "ahead" : "behind", version };
  };

  const write = async (
    name: string,
    text: string,
    values: readonly unknown[],
    otherwise: () => Promise<WriteOutcome>,
  ): Promise<WriteOutcome> => {
    try {
      const { rows } = await pool.query({ name, text, values: [...values] });
      const row = rows[0];
      if (row === undefined) return await otherwise();
      return { kind: "applied", id: row.id, version: Number(row.version), repeated: false };
    } catch (error) {
      if (isRepeat(error)) return await otherwise();
      throw error;
    }
  };

  return {
    read: async (id) => {
      const { rows } = await pool.query({ name: "read", text: READ, values: [id] });
      const row = rows[0];
      if (row === undefined) return null;
      const { version, total, ref, id: _, ...content } = row;
      return { id, version: Number(version), total, ref, content };
    },
    insert: (opId, total, c) =>
      write(
        "insert",
        INSERT,
        [
          ...[opId, side, total, c.customer, c.status, c.quantity, c.note, c.tags, JSON.stringify(c.payload), c.paid],
          ...[c.weight, c.placedOn, c.attachment],
        ],
        () => explain(opId, null, 0),
      ),
    update: (opId, id, expected, delta, change) =>
      write("update", UPDATE, [opId, side, id, expected, delta, change.status, change.note ?? null], () =>
        explain(opId, id, expected),
      ),
    delete: (opId, id, expected) =>
      write("delete", DELETE, [opId, side, id, expected], () => explain(opId, id, expected)),
  };
};

/** The same operation committed between our look and our write. */
const isRepeat = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  error.code === "23505" &&
  "table" in error &&
  error.table === "order_events";
