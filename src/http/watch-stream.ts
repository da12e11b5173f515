/**
 * One stream of Server-Sent Events. It reads when the receiver has room for more, so one that is slow holds up nobody and
 * fills no memory; the feed is the buffer. `id` is the number to resume by, a comment each 15 s keeps proxies from closing it,
 * and `event: resync` says that what came between is not kept: read the state as it is, and go on from that id.
 */
import { AppError } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { FeedQuery, FeedStore } from "../ports/feed-store.ts";
import { eventOf } from "./event-shape.ts";

const POLL_MS = 1_000;
const HEARTBEAT_MS = 15_000;
/** The browser's own wait before it connects again. */
const RECONNECT_MS = 3_000;

export interface WatchDeps {
  readonly feed: FeedStore;
  readonly clock: Clock;
  readonly ending: AbortSignal;
  readonly after: number;
  readonly query: Omit<FeedQuery, "after">;
  /** Asked with each heartbeat: a token that was revoked must not go on reading. */
  readonly stillValid: () => Promise<boolean>;
  /** Called once. */
  readonly ended: () => void;
}

const bytes = new TextEncoder();

export function watchStream(deps: WatchDeps): ReadableStream<Uint8Array> {
  const { feed, clock, query } = deps;
  const gone = new AbortController();
  const over = AbortSignal.any([gone.signal, deps.ending]);
  let { after } = deps;
  let saidMs = clock.monotonicMs();
  let counted = true;
  const end = (): void => {
    gone.abort();
    if (counted) deps.ended();
    counted = false;
  };

  /** What is new, as text; empty: nothing. */
  const news = async (): Promise<string> => {
    try {
      const page = await feed.events({ ...query, after });
      after = page.next;
      return page.items.map((event) => textOf(String(event.seq), eventOf(event))).join("");
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "before_history") throw error;
      after = await feed.newest();
      return textOf(String(after), { next: String(after) }, "resync");
    }
  };

  /** Waits until there is something to say; null: the stream is over. */
  const next = async (): Promise<string | null> => {
    while (!over.aborted) {
      const text = await news();
      if (text !== "") return text;
      if (clock.monotonicMs() - saidMs >= HEARTBEAT_MS) {
        return (await deps.stillValid()) ? `: ${after}\n\n` : null;
      }
      await clock.sleep(POLL_MS, over);
    }
    return null;
  };

  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.encode(`retry: ${RECONNECT_MS}\n\n`));
    },
    async pull(controller) {
      // A failure ends the stream: its receiver connects again, with the last id.
      const text = await next().catch(() => null);
      if (gone.signal.aborted) return;
      if (text === null) {
        end();
        controller.close();
        return;
      }
      saidMs = clock.monotonicMs();
      controller.enqueue(bytes.encode(text));
    },
    cancel: end,
  });
}

function textOf(id: string, data: object, event?: string): string {
  const name = event === undefined ? "" : `event: ${event}\n`;
  return `id: ${id}\n${name}data: ${JSON.stringify(data)}\n\n`;
}
