import { createHash } from "node:crypto";
import { canonicalJson, type JsonObject } from "../../src/kernel/json.ts";

export type Side = "blue" | "green";
export type OrderStatus = "placed" | "paid" | "packed" | "shipped" | "cancelled";
export const ORDER_STATUSES: readonly OrderStatus[] = ["placed", "paid", "packed", "shipped", "cancelled"];

/** What a user decides about an order. The total is not part of it: it accumulates, and is checked by its own sum. */
export interface OrderContent {
  readonly customer: string;
  readonly status: OrderStatus;
  readonly quantity: number;
  readonly note: string;
  readonly tags: readonly string[];
  readonly payload: JsonObject;
  readonly paid: boolean;
  readonly weight: number;
  /** ISO date. */
  readonly placedOn: string;
  /** Hexadecimal, or null. */
  readonly attachment: string | null;
}

/** An order as one side shows it. */
export interface OrderView {
  readonly id: string;
  readonly version: number;
  /** Decimal with two places, as text: it never becomes a binary number. */
  readonly total: string;
  /** The operation that wrote this version. */
  readonly ref: string;
  readonly content: OrderContent;
}

/** What an update may change, beside adding its delta to the total. */
export type OrderChange = Pick<OrderContent, "status"> & Partial<Pick<OrderContent, "note">>;

/** How a conditional write on one side ended. */
export type WriteOutcome =
  | { readonly kind: "applied"; readonly id: string; readonly version: number; readonly repeated: boolean }
  /** This side does not show the version the user has seen: nothing was written. `version` is null where there is no row. */
  | { readonly kind: "refused"; readonly why: "behind" | "ahead"; readonly version: number | null };

/** Identifies content together with the operation that wrote it: 32 hexadecimal digits of SHA-256. */
export const valueHash = (ref: string, content: OrderContent): string =>
  createHash("sha256")
    .update(canonicalJson({ ref, ...content }))
    .digest("hex")
    .slice(0, 32);
