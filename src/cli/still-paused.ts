import type { CutoverState } from "../decision/state.ts";

/** Arming again leaves a pause, and who arms need not be who paused: what is to be done about it. */
export const stillPaused = (cutover: string, { by, reason }: NonNullable<CutoverState["pause"]>): string =>
  `still paused by ${by} (${reason}): pawl resume ${cutover} --reason "…"`;
