/**
 * Signs of life out of RADIUS records, after these are stored and answered: nothing of a login or of the ingest waits for
 * them, and failing they are forgotten. A session that goes on tells the same again at its next Interim.
 */
import type { RadiusEvent } from "../fraud/radius-event.ts";
import type { ReadRadius } from "../fraud/radius/read.ts";
import type { SignOfLife, SignStore } from "../ports/signs.ts";

/** Of so many devices at most: more would only be told later than the next Interim. */
const MAX_WAITING = 5_000;
const AT_ONCE = 500;

export interface RadiusSigns {
  /** Returns at once. */
  take(records: readonly ReadRadius[]): void;
}

type Event = ReadRadius & { readonly kind: "event" };
type Alive = RadiusEvent & { readonly kind: "start" | "interim" };
interface Told {
  readonly sign: Omit<SignOfLife, "agoMs">;
  /** By our clock. */
  readonly atMs: number;
}

export function radiusSigns(deps: {
  readonly store: SignStore;
  readonly now: () => Date;
  /** Told of a failure; it may quote a record, so only its kind goes on. */
  readonly failed: () => void;
}): RadiusSigns {
  const waiting = new Map<string, Told>();
  let running = false;

  const drain = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (waiting.size > 0) {
      const some = [...waiting].slice(0, AT_ONCE);
      for (const [key] of some) waiting.delete(key);
      const nowMs = deps.now().getTime();
      const signs = some.map(([, { sign, atMs }]) => ({ ...sign, agoMs: nowMs - atMs }));
      await deps.store.signsOfLife(signs).catch(deps.failed);
    }
    running = false;
  };

  return {
    take(records) {
      for (const record of records) {
        const told = record.kind === "event" ? toldOf(record) : null;
        if (told === null || waiting.size >= MAX_WAITING) continue;
        const key = `${told.sign.user ?? ""} ${told.sign.mac ?? ""}`;
        const known = waiting.get(key);
        // A session that begins is more news than one that goes on.
        const isMore = known?.sign.kind !== "start" || told.sign.kind === "start";
        if (known === undefined || (isMore && told.atMs >= known.atMs)) waiting.set(key, told);
      }
      void drain();
    },
  };
}

/** An outer identity is nobody's user name. What was under way for long is as old as the packet says, whoever's clock. */
function toldOf({ event, delayMs }: Event): Told | null {
  if (!isAlive(event)) return null;
  const user = event.user?.outer === false ? event.user.normalised : undefined;
  if (user === undefined && event.mac === null) return null;
  return {
    sign: {
      kind: event.kind,
      ...(user === undefined ? {} : { user }),
      ...(event.mac === null ? {} : { mac: event.mac }),
    },
    atMs: event.receivedAt.getTime() - delayMs,
  };
}

function isAlive(event: RadiusEvent): event is Alive {
  return event.kind === "start" || event.kind === "interim";
}
