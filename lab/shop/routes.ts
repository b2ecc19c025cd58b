import type { OrderChange, OrderContent, OrderView, WriteOutcome } from "./order.ts";
import type { OrderStore } from "./order-store.ts";

/** A request as the shop understands it; `opId` comes from the header `x-op-id`. */
export interface ShopRequest {
  readonly method: string;
  readonly path: string;
  readonly opId: string;
  readonly body: unknown;
}

export interface ShopAnswer {
  readonly status: number;
  readonly body: unknown;
}

export const isOpId = (text: unknown): text is string =>
  typeof text === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

interface InsertBody {
  readonly total: string;
  readonly content: OrderContent;
}
interface ChangeBody {
  readonly expectedVersion: number;
  readonly delta: string;
  readonly change: OrderChange;
}

/**
 * `GET|PATCH|DELETE /orders/:id`, `POST /orders`. A write whose expected version this side does not show is answered
 * 409 and certainly not done: a side that lags behind its user must not overwrite what it has not received yet.
 */
export const answer = async (store: OrderStore, request: ShopRequest): Promise<ShopAnswer> => {
  const { method, opId } = request;
  const url = new URL(request.path, "http://shop");
  const id = /^\/orders\/([0-9]{1,18})$/.exec(url.pathname)?.[1];
  if (method === "POST" && url.pathname === "/orders") {
    const { total, content } = request.body as InsertBody;
    return written(await store.insert(opId, total, content));
  }
  if (id === undefined) return { status: 404, body: { error: `no such resource: ${url.pathname}` } };
  if (method === "GET") return shown(await store.read(id));
  if (method === "PATCH") {
    const { expectedVersion, delta, change } = request.body as ChangeBody;
    return written(await store.update(opId, id, expectedVersion, delta, change));
  }
  if (method === "DELETE")
    return written(await store.delete(opId, id, Number(url.searchParams.get("expectedVersion"))));
  return { status: 405, body: { error: `${method} is not allowed` } };
};

const shown = (order: OrderView | null): ShopAnswer =>
  order === null ? { status: 404, body: { error: "no such order on this side" } } : { status: 200, body: order };

const written = (outcome: WriteOutcome): ShopAnswer =>
  outcome.kind === "applied" ? { status: 200, body: outcome } : { status: 409, body: outcome };
