/** An event as the API says it; every member is named here. */
import type { ApiEvent } from "../model/api-events.ts";
import { wireType } from "../model/event-types.ts";
import type { FeedEvent } from "../ports/feed-store.ts";

export function eventOf({ seq, type, at, device, actor, requestId, data }: FeedEvent): ApiEvent {
  return {
    ...{ id: String(seq), type: wireType(type), at: at.toISOString() },
    ...{ device, actor, requestId, data },
  };
}
