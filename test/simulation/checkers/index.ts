import type { Digest } from "../../../src/kernel/digest.ts";
import { acknowledgedWrites } from "./acknowledged-writes.ts";
import type { Checker } from "./checker.ts";
import { converges } from "./converges.ts";
import { explained } from "./explained.ts";
import { notKnowing } from "./not-knowing.ts";
import { oneStep } from "./one-step.ts";
import { rollbackWins } from "./rollback-wins.ts";
import { soakFirst } from "./soak-first.ts";
import { somebodyIsTold } from "./somebody-is-told.ts";

/** One a promise. */
export const allCheckers = (digest: Digest, recomputes: boolean): readonly Checker[] => [
  oneStep(),
  rollbackWins(),
  notKnowing(),
  acknowledgedWrites(),
  soakFirst(),
  converges(),
  explained(digest, recomputes),
  somebodyIsTold(),
];
