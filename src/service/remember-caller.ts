/** Who asks, looked up once a second for each token: for senders of thousands of requests, where a query for each counts. */
import type { Access, Caller } from "./access.ts";

/** A token that is revoked is good for so long at most. */
const REMEMBERED_MS = 1_000;
/** Tokens of RADIUS servers are few; a sender of many others must not fill the memory. */
const MAX_REMEMBERED = 64;

/** Only what was let in is remembered, and those who come while it is looked up wait for the same answer. */
export function rememberingAccess(
  access: Access,
  monotonicMs: () => number,
): Access["authenticate"] {
  const known = new Map<string, { readonly caller: Promise<Caller>; readonly untilMs: number }>();
  return async (authorization, requestId, address = null) => {
    if (authorization === undefined) return await access.authenticate(authorization, requestId);
    // A token may be good from one address and not from another.
    const key = `${address ?? ""} ${authorization}`;
    const before = known.get(key);
    if (before !== undefined && before.untilMs > monotonicMs()) return await before.caller;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const caller = access.authenticate(authorization, requestId, address);
    known.set(key, { caller, untilMs: monotonicMs() + REMEMBERED_MS });
    caller.catch(() => known.delete(key));
    return await caller;
  };
}
