import { type EpochMs, epochMs } from "../../../src/kernel/units.ts";

/** The cookie of target-group stickiness; its twin for cross-origin requests carries the same value (aws.md 1). */
export const STICKY_COOKIE = "AWSALBTG";

/** The real one is encrypted; to its holder this one is as opaque: target group and end of validity, in lab time. */
export const sealCookie = (targetGroupArn: string, validUntil: EpochMs): string =>
  Buffer.from(JSON.stringify([targetGroupArn, validUntil])).toString("base64url");

/** The target group a request is bound to; null without a cookie, with one that has lapsed, or one that is not ours. */
export const readStickyCookie = (cookieHeader: string | undefined, now: EpochMs): string | null => {
  const value = new RegExp(`(?:^|;\\s*)${STICKY_COOKIE}=([^;]*)`).exec(cookieHeader ?? "")?.[1];
  if (value === undefined) return null;
  try {
    const content: unknown = JSON.parse(Buffer.from(value, "base64url").toString("utf8"));
    if (!Array.isArray(content)) return null;
    const [arn, validUntil] = content as unknown[];
    return typeof arn === "string" && typeof validUntil === "number" && epochMs(validUntil) > now ? arn : null;
  } catch {
    return null;
  }
};

/** @param expires when the holder is to drop it, by the holder's clock: browsers and load run on real time. */
export const setCookieHeaders = (value: string, expires: EpochMs): readonly string[] => {
  const until = `Expires=${new Date(expires).toUTCString()}; Path=/`;
  return [`${STICKY_COOKIE}=${value}; ${until}`, `${STICKY_COOKIE}CORS=${value}; ${until}; SameSite=None; Secure`];
};
