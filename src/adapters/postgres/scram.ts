import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const ITERATIONS = 4_096;

/**
 * What PostgreSQL stores of a password (RFC 5802, `SCRAM-SHA-256`). Sent instead of the password, so that neither the
 * server's log nor anybody who reads its statements ever sees it.
 */
export const scramVerifier = (password: string, salt = randomBytes(16)): string => {
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, ITERATIONS, 32, "sha256");
  const sign = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(sign("Client Key")).digest();
  const parts = [stored, sign("Server Key")].map((part) => part.toString("base64")).join(":");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${parts}`;
};
