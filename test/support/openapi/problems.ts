/** Which problems a route can answer with: those of its kind, and those that its entry names. */
import { ERROR_CODES, type ErrorCode } from "../../../src/lib/errors.ts";
import type { RouteEntry } from "../../../src/http/routes/route.ts";

export interface Place {
  readonly method: string;
  readonly path: string;
}

const unread = ["unsupported_media_type", "malformed_json", "payload_too_large"] as const;
const keyed = ["idempotency_key_reused", "idempotency_key_in_use"] as const;

/** Whether it stands behind the gate of `/v1`: token, rate, keys of idempotency. */
export function isGated(entry: RouteEntry, { path }: Place): boolean {
  return path.startsWith("/v1/") && entry.scopes !== undefined && entry.tag !== "radius";
}

/** Each once, by status and name. */
export function problemsOf(entry: RouteEntry, place: Place): readonly ErrorCode[] {
  const { method, path } = place;
  const gated = isGated(entry, place);
  const all: ErrorCode[] = [...(entry.problems ?? [])];
  if (entry.scopes !== undefined) all.push("unauthenticated", "forbidden");
  if (entry.scopes !== undefined || path === "/readyz") all.push("database_unreachable");
  if (gated) all.push("invalid", "rate_limited");
  if (gated && entry.body !== undefined) all.push(...unread);
  if (gated && method === "POST") all.push(...keyed);
  if (path.startsWith("/v1/devices/{id}")) all.push("not_found", "ambiguous_id");
  if (path.startsWith("/v1/") || path === "/statusz") all.push("internal");
  return [...new Set(all)].sort((a, b) => statusOf(a) - statusOf(b) || (a < b ? -1 : 1));
}

export function statusOf(code: ErrorCode): number {
  return ERROR_CODES[code].status;
}
