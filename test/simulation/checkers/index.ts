import type { Digest } from "../../../src/kernel/digest.ts";
import { acknowledgedWrites } from "./acknowledged-writes.ts";
import { answeredAlarms } from "./answered-alarms.ts";
import type { Checker } from "./checker.ts";
import { clearedWell } from "./cleared-well.ts";
import { converges } from "./converges.ts";
import { explained } from "./explained.ts";
import { givenUpWell } from "./given-up-well.ts";
import { heldBack } from "./held-back.ts";
import { leftOnGreen } from "./left-on-green.ts";
import { leftRinging } from "./left-ringing.ts";
import { notKnowing } from "./not-knowing.ts";
import { oneStep } from "./one-step.ts";
import { outsiders } from "./outsiders.ts";
import { ownRequests } from "./own-requests.ts";
import { pastTheReturn } from "./past-the-return.ts";
import { recordedWasMade } from "./recorded-was-made.ts";
import { rehearsalReports } from "./rehearsal-reports.ts";
import { rehearsed } from "./rehearsed.ts";
import { rollbackWins } from "./rollback-wins.ts";
import { rulesKept } from "./rules-kept.ts";
import { soakCounted } from "./soak-counted.ts";
import { soakFirst } from "./soak-first.ts";
import { somebodyIsTold } from "./somebody-is-told.ts";
import { strangeEvents } from "./strange-events.ts";
import { underALatch } from "./under-a-latch.ts";
import { withoutDelay } from "./without-delay.ts";
import { wordOfOperators } from "./word-of-operators.ts";

/** One a promise, and a second one where a promise says two things. */
export const allCheckers = (digest: Digest, recomputes: boolean): readonly Checker[] => [
  oneStep(),
  rollbackWins(),
  notKnowing(),
  acknowledgedWrites(),
  soakFirst(),
  converges(),
  explained(digest, recomputes),
  somebodyIsTold(),
  rulesKept(),
  underALatch(),
  soakCounted(),
  recordedWasMade(),
  outsiders(),
  wordOfOperators(),
  pastTheReturn(),
  heldBack(),
  leftOnGreen(),
  withoutDelay(),
  clearedWell(),
  givenUpWell(),
  rehearsed(),
  rehearsalReports(),
  leftRinging(),
  answeredAlarms(),
  strangeEvents(),
  ownRequests(),
];
