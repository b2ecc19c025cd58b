import { Pool } from "undici";
import type { OrderView, Side } from "../shop/order.ts";

/** What went over the wire: the operation as HTTP. */
export interface ShopCall {
  readonly opId: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
}

/** How a call ended for its user. Only the shop's own 200 or 404 and its own 409 are certain; all else is unknown. */
export type CallEnd =
  | { readonly kind: "done"; readonly side: Side; readonly body: unknown }
  | { readonly kind: "absent"; readonly side: Side }
  | { readonly kind: "refused"; readonly side: Side; readonly version: number | null }
  | { readonly kind: "unknown"; readonly side: Side | null; readonly status: number | null; readonly why: string };

export interface ShopClient {
  /** Never throws; `cookies` are sent, and updated by what comes back. */
  call(call: ShopCall, cookies: Map<string, string>): Promise<CallEnd>;
  close(): Promise<void>;
}

/** An answer that takes longer than this is given up; whether it was done is then unknown. */
const GIVE_UP_MS = 8_000;

export const shopClient = (url: string): ShopClient => {
  // One request at a time on a connection: a reset then concerns one operation, and nothing is ever sent again for us.
  const pool = new Pool(new URL(url).origin, {
    connections: 128,
    pipelining: 1,
    headersTimeout: GIVE_UP_MS,
    bodyTimeout: GIVE_UP_MS,
    connect: { timeout: 2_000 },
  });
  return {
    call: async ({ opId, method, path, body }, cookies) => {
      try {
        const response = await pool.request({
          method,
          path,
          headers: {
            "x-op-id": opId,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...(cookies.size === 0
              ? {}
              : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") }),
          },
          body: body === undefined ? null : JSON.stringify(body),
          signal: AbortSignal.timeout(GIVE_UP_MS),
        });
        keepCookies(response.headers["set-cookie"], cookies);
        return classify(
          method,
          response.statusCode,
          sideOf(response.headers["x-shop-side"]),
          await response.body.text(),
        );
      } catch (error) {
        return { kind: "unknown", side: null, status: null, why: nameOf(error) };
      }
    },
    close: () => pool.destroy(),
  };
};

const classify = (method: ShopCall["method"], status: number, side: Side | null, text: string): CallEnd => {
  if (side !== null && status === 200) return { kind: "done", side, body: JSON.parse(text) };
  if (side !== null && status === 404 && method === "GET") return { kind: "absent", side };
  if (side !== null && status === 409) return { kind: "refused", side, version: JSON.parse(text).version };
  return { kind: "unknown", side, status, why: `HTTP ${status}${side === null ? " from the load balancer" : ""}` };
};

const sideOf = (header: unknown): Side | null => (header === "blue" || header === "green" ? header : null);

const keepCookies = (header: string | string[] | undefined, cookies: Map<string, string>): void => {
  for (const line of header === undefined ? [] : [header].flat()) {
    const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
};

const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
};

/** What the shop answers to a write that is done. */
export interface WrittenBody {
  readonly id: string;
  readonly version: number;
}
export type ReadBody = OrderView;
