/**
 * Signatures as Standard Webhooks 1.0.0 has them: HMAC-SHA-256 over `id.timestamp.body`, of the raw bytes, under the bytes that
 * stand in base64 behind `whsec_`; one for each secret that is good at the moment, with a blank between.
 */
import { createHmac, randomBytes } from "node:crypto";
import { Secret } from "../lib/secret.ts";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;

export function newSigningSecret(): Secret {
  return new Secret(`${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`);
}

/** @param timestamp seconds since 1970 */
export function signatureOf(
  id: string,
  timestamp: number,
  body: string,
  secrets: readonly Secret[],
): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.open().slice(PREFIX.length), "base64");
      return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
    })
    .join(" ");
}
