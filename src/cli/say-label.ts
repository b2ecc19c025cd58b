import type { RollbackSafety } from "../decision/state.ts";

/** What going back costs, or did, and why. */
export type Label = Pick<RollbackSafety, "label" | "reasons">;

/** "bounded (3 rows were written on both sides; both images are kept)". */
export const sayLabel = ({ label, reasons }: Label): string => `${label}${because(reasons)}`;

/** Reasons, behind what they are of; nothing where there are none. */
export const because = (reasons: readonly string[]): string => (reasons.length === 0 ? "" : ` (${reasons.join("; ")})`);
