import type { RollbackRule } from "./policy-file.ts";

/**
 * Judged beside the rollback rules of every policy, and alone where no policy can be read: what no file can remove.
 * It is coarser than any sane policy, so that it never speaks before one.
 */
export const FLOOR_RULES: readonly RollbackRule[] = [
  {
    id: "floor",
    why: "half of what green answers is an error: no policy may call that acceptable",
    when: {
      and: [
        { ">=": [{ stat: ["green.errors5xx", "sum", "3m"] }, 10] },
        { ">=": [{ rate: ["green.errors5xx", "green.requests", "3m"] }, 0.5] },
      ],
    },
  },
];
