/** What a webhook is told of an event: ids and states, and nothing that the receiver has not asked for. Pure. */
import { isOfAccess, wireType } from "../model/event-types.ts";
import type { FeedEvent } from "../ports/feed-store.ts";

/**
 * Members of an event that go out. A list of what may and not of what may not: an event that gets a new member tomorrow does
 * not tell it to the whole world. Values before and after a change are not in it; they are read from the API.
 */
const TOLD = [
  ...["writer", "generation", "fields", "revocationOwed", "from", "to", "reason", "verdict"],
  ...["finding", "pattern", "severity", "operation", "status", "model", "firmware", "ref"],
] as const;

export interface Message {
  readonly type: string;
  readonly body: string;
}

export function messageOf(event: FeedEvent): Message {
  const type = wireType(event.type);
  const told = Object.fromEntries(
    TOLD.filter((name) => event.data[name] !== undefined).map((name) => [name, event.data[name]]),
  );
  const data = { event: String(event.seq), device: event.device, ...told };
  return { type, body: JSON.stringify({ type, timestamp: event.at.toISOString(), data }) };
}

/** `*` is every type but those of access, which have to be named; `desired.*` is every type of that noun. */
export function isWanted(type: string, wanted: readonly string[]): boolean {
  if (wanted.length === 0 || wanted.includes("*")) {
    if (!isOfAccess(type)) return true;
  }
  return wanted.some(
    (one) => one === type || (one.endsWith(".*") && type.startsWith(one.slice(0, -1))),
  );
}
