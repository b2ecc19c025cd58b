import { isJsonObject, type JsonObject, type JsonValue } from "../kernel/json.ts";

/** An action as it is written: its own place in the order, which several of a rule each need. */
export type WrittenAction = JsonObject & { readonly Order: number };

/** AWS never shows the client secret, and keeps it only when told to. */
const keepingSecret = (action: JsonValue): JsonObject => {
  const read = isJsonObject(action) ? action : {};
  const oidc = read["AuthenticateOidcConfig"];
  return isJsonObject(oidc) ? { ...read, AuthenticateOidcConfig: { ...oidc, UseExistingClientSecret: true } } : read;
};

/** A rule's actions other than its forward, as they were read, fit to be written before it: a write replaces the whole list. */
export const writtenBack = (otherActions: readonly JsonValue[]): readonly WrittenAction[] =>
  otherActions.map(keepingSecret).map((action, index) => {
    const order = action["Order"];
    return { ...action, Order: typeof order === "number" ? order : index + 1 };
  });

/** The place of the forward: after all others. */
export const forwardOrder = (others: readonly WrittenAction[]): number =>
  Math.max(0, ...others.map(({ Order }) => Order)) + 1;
