import { randomBytes } from "node:crypto";
import type { Caller } from "../contracts.ts";

export interface IssuedKey {
  readonly accessKeyId: string;
  readonly name: string;
  readonly secretAccessKey: string;
}

/** Who may call at all: every role of the lab, and its operator, gets a key of its own, and the key names it. */
export class CallerRegistry {
  readonly #byKey = new Map<string, Caller>();

  /** Issues a new key; the earlier keys of the same name stay valid, as they do for a role's sessions. */
  issue(name: string, refusal?: Caller["refusal"]): IssuedKey {
    const accessKeyId = `ASIALAB${randomBytes(7).toString("hex").slice(0, 13).toUpperCase()}`;
    this.#byKey.set(accessKeyId, { accessKeyId, name, ...(refusal === undefined ? {} : { refusal }) });
    return { accessKeyId, name, secretAccessKey: randomBytes(30).toString("base64url") };
  }

  find(accessKeyId: string): Caller | undefined {
    return this.#byKey.get(accessKeyId);
  }
}

/** What a Signature Version 4 header says of its sender. The signature itself is not checked: everything is loopback. */
export interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name, which is how the gateway knows the service that is meant. */
  readonly service: string;
}

export const readCredential = (authorization: string | undefined): Credential | null => {
  const match = /^AWS4-HMAC-SHA256 .*Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(
    authorization ?? "",
  );
  const [, accessKeyId, region, service] = match ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return null;
  return { accessKeyId, region, service };
};
