/** What happened, in the order of commits: by pages, and as a stream of Server-Sent Events. */
import { AppError } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { ApiEvents } from "../model/api-events.ts";
import type { FeedQuery, FeedStore } from "../ports/feed-store.ts";
import { demand, mayUse, type Caller } from "../service/access.ts";
import { checkSelector } from "../service/devices.ts";
import type { Ctx } from "./context.ts";
import type { Router } from "./router.ts";
import { eventOf } from "./event-shape.ts";
import { eventId, QUERIES } from "./queries.ts";
import { readQuery } from "./query.ts";
import { watchStream } from "./watch-stream.ts";

const PAGE = 100;
/** Each asks the database once a second. */
const MOST_STREAMS = 200;

export interface EventRouteDeps {
  readonly feed: FeedStore;
  readonly clock: Clock;
  /** Ends all streams. */
  readonly ending: AbortSignal;
  /** Is the caller of this request still let in? */
  readonly stillValid: (c: Ctx) => Promise<boolean>;
}

function queryOf(c: Ctx): Pick<FeedQuery, "selector" | "access" | "findings"> & {
  readonly after: number | undefined;
  readonly limit: number;
} {
  const caller: Caller = c.get("caller");
  demand(caller, "devices:read");
  const given = readQuery(c, QUERIES.events);
  const { after, limit = PAGE, selector = null } = given;
  // A device that is gone from a state was in it: what happened is chosen by what a device is.
  if (selector !== null) checkSelector(selector, "record");
  const access = mayUse(caller, "audit:read");
  return { after, limit, selector, access, findings: mayUse(caller, "findings:read") };
}

/** The header of a reconnecting stream wins over the address that it was opened with. */
function resumedAt(c: Ctx): number | undefined {
  const header = c.req.header("Last-Event-ID");
  if (header === undefined || header === "") return undefined;
  const parsed = eventId.safeParse(header);
  if (parsed.success) return parsed.data;
  const message = "Last-Event-ID must be the id of an event, as this API gave it";
  const problems = [{ pointer: "", code: "bad_header", message }];
  throw new AppError("invalid", message, { problems });
}

export function eventRoutes(app: Router, deps: EventRouteDeps): void {
  const { feed, clock, ending } = deps;
  let streams = 0;

  app.get("/v1/events", async (c) => {
    const { after = null, ...query } = queryOf(c);
    const { items, next, more } = await feed.events({ after, ...query });
    const answer: ApiEvents = { items: items.map(eventOf), next: String(next), more };
    return c.json(answer);
  });

  app.get("/v1/watch", async (c) => {
    const { after: given, ...query } = queryOf(c);
    if (streams >= MOST_STREAMS)
      throw new AppError("busy", "there are as many streams as there can be");
    const after = resumedAt(c) ?? given ?? (await feed.newest());
    streams += 1;
    const body = watchStream({
      ...{ feed, clock, ending, after, query },
      stillValid: () => deps.stillValid(c),
      ended: () => {
        streams -= 1;
      },
    });
    return c.body(body, 200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      // A proxy that collects an answer before it passes it on would pass on nothing.
      "X-Accel-Buffering": "no",
    });
  });
}
