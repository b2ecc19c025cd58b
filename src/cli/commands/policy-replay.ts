import { canonicalJson } from "../../kernel/json.ts";
import { policyDigest } from "../../policy/policy-digest.ts";
import { policyIn } from "../../policy/policy-form.ts";
import type { AcceptPolicy } from "../../rehearsal/recording/read-guard-lines.ts";
import { recordingReader } from "../../rehearsal/recording/read-recording.ts";
import { type Candidate, type ReplayResult, replaying } from "../../rehearsal/replay/replay.ts";
import { documentOf, type ReplayDocument } from "../../rehearsal/replay/replay-document.ts";
import { sayReplay } from "../../rehearsal/replay/say-replay.ts";
import { sha256 } from "../../wiring-local.ts";
import type { CommandResult } from "../command-result.ts";
import { EXIT, refused } from "../exit.ts";
import { readPolicyAt } from "../files.ts";
import { readRecording } from "../recording-file.ts";

export interface ReplayOptions {
  /** Files. */
  readonly policy?: string;
  readonly against?: string;
}

/**
 * Replays a recording: with the policy that was recorded it has to come to what was recorded; with another one it says
 * what would have changed. Reads files; writes nothing.
 * @throws {CommandFailure} a file is broken, or the recording names no policy and none is given.
 */
export const policyReplayCommand = async (
  file: string,
  options: ReplayOptions,
): Promise<CommandResult<ReplayDocument>> => {
  const plan = { policy: candidateAt(options.policy), against: candidateAt(options.against) };
  const reader = recordingReader(acceptRecorded);
  const replay = replaying(plan);
  await readRecording(file, reader, replay.take);
  const result = replay.result();
  const form = reader.form() ?? "plain";
  if (form === "plain" && plan.policy === null && plan.against === null) throw namesNoPolicy(file);
  if (result.ticks === 0) throw holdsNoTick(file, result);
  const names = {
    was: plan.against === null || options.policy === undefined ? "the recording" : options.policy,
    would: options.against ?? options.policy ?? "the recorded policy",
  };
  const recording = { file, form, engine: reader.engine() };
  const document = documentOf(recording, result, names);
  return {
    document,
    lines: sayReplay(recording, result, names),
    exitCode: document.ok ? EXIT.done : EXIT.refused,
  };
};

const candidateAt = (file: string | undefined): Candidate | null => {
  if (file === undefined) return null;
  const policy = readPolicyAt(file);
  return { policy, digest: policyDigest(policy, sha256) };
};

/** It was accepted when the cutover was armed, by whichever release: that it is the same one, and one that this release knows, is to be checked. */
const acceptRecorded: AcceptPolicy = (body, digest) => {
  if (sha256(canonicalJson(body)) !== digest) throw new RangeError("its policy is not the one that its digest names");
  const policy = policyIn(body);
  if (!policy.ok) throw new RangeError(`its policy is not one that this release can judge by: ${policy.failure}`);
  return policy.value;
};

const namesNoPolicy = (file: string) =>
  refused(
    `${file} says nothing of a policy.`,
    "It holds minutes, and no record of who judged them.",
    "Give the policy to judge them by: --policy policies/orders/policy.json.",
  );

const holdsNoTick = (file: string, { missing }: ReplayResult) =>
  refused(
    `${file} holds no tick to replay.`,
    missing.length === 0
      ? "It ends after its header."
      : `Missing from it: ${missing[0]}${missing.length === 1 ? "" : `, and ${missing.length - 1} more`}.`,
    missing.length === 0
      ? "Export it again with pawl ledger export, once a tick has been judged."
      : "pawl ledger verify --recompute says of each what is the matter, and what to do.",
  );
