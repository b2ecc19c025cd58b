import type { JsonObject } from "../../kernel/json.ts";
import { type OutsideFailure, ok, outsideFailure, type Result } from "../../kernel/result.ts";
import { type Attributes, jsonOfItem } from "./json-of-item.ts";

/** An item without its keys. */
export type Item = JsonObject;

/** An item as it was found, whoever put it there. */
export interface Found {
  readonly sk: string;
  /** In words where it holds what pawl never writes. */
  readonly item: Result<Item, string>;
}

/** What was found under these attributes, without its keys. */
export const fromItem = (attributes: Attributes): Result<Item, string> => {
  const read = jsonOfItem(attributes);
  if (!read.ok) return read;
  const { pk: _pk, sk: _sk, ...body } = read.value;
  return ok(body);
};

export const foundIn = (attributes: Attributes): Found => ({
  sk: attributes["sk"]?.S ?? "",
  item: fromItem(attributes),
});

/** Every one of them, or which one holds what pawl never wrote. */
export const itemsOf = (pk: string, all: readonly Found[]): Result<readonly Item[], OutsideFailure> => {
  const items: Item[] = [];
  for (const { sk, item } of all) {
    if (!item.ok)
      return outsideFailure("malformed", `What the table holds as ${pk} ${sk} is not pawl's: ${item.failure}`);
    items.push(item.value);
  }
  return ok(items);
};
