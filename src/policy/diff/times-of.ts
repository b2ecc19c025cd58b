import { parseDuration } from "../../kernel/units.ts";
import type { Literal, Operation } from "../operations/operation.ts";

/**
 * The arguments of an operation, each window in milliseconds, so that "60m" and "1h" are one; and the window's length.
 * What looks back over the step or the soak has none of its own, 0: it is known from their first minutes on.
 */
export const timesOf = (
  { forms }: Operation,
  written: readonly Literal[],
): { readonly args: readonly Literal[]; readonly windowMs: number } => {
  const form = forms.find(({ length }) => length === written.length) ?? [];
  const at = form.findIndex((kind) => kind === "window" || kind === "look-back");
  const text = String(written[at] ?? "step");
  if (text === "step" || text === "soak") return { args: written, windowMs: 0 };
  const windowMs = parseDuration(text);
  return { args: written.with(at, windowMs), windowMs };
};
