/** `Prefer: wait=N` (RFC 7240): how long a caller would wait for the effect. A preference that is not understood is none. */
import type { Ctx } from "./context.ts";

/** Proxies in between give up at about a minute; whoever wants longer asks again. */
const MAX_WAIT_S = 60;

/** Seconds, at most 60; null: the caller does not wait. */
export function waitOf(c: Ctx): number | null {
  const preferences = (c.req.header("Prefer") ?? "").split(",");
  for (const preference of preferences) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;.*)?$/i.exec(preference)?.[1];
    if (seconds !== undefined) return Math.min(MAX_WAIT_S, Number(seconds));
  }
  return null;
}
