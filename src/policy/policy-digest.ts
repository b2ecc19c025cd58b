import type { Digest } from "../kernel/digest.ts";
import { canonicalJson } from "../kernel/json.ts";
import type { Policy } from "./policy-file.ts";

/**
 * What a policy is fixed by when a cutover is armed: SHA-256 of its canonical JSON as written, parameters not yet put
 * in. White space and the order of keys do not change it; anything that can change a verdict does.
 */
export const policyDigest = (policy: Policy, digest: Digest): string => digest(canonicalJson(policy));
