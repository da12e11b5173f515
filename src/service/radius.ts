/**
 * RADIUS records in: read, wait for the next batch, stored. What arrives while one batch is being committed makes the next
 * one, so the rate rises with the load and a lone record waits for nobody.
 *
 * A record that is none is kept aside and counts as stored; only a full queue or a database that is away refuses, and
 * the RADIUS server sends again. Nothing in here looks at who is logging in: detection blocks no login.
 */
import { AppError } from "../lib/errors.ts";
import { POISON } from "../fraud/radius/poison.ts";
import { readRadius, type RadiusEndpoint, type ReadRadius } from "../fraud/radius/read.ts";
import type { QuarantinedRecord, RadiusStore } from "../ports/radius-store.ts";
import type { SignStore } from "../ports/signs.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { radiusSigns } from "./radius-signs.ts";

/** Records that wait at most: a few seconds of the promised rate. More would time out at the RADIUS server anyway. */
const MAX_WAITING = 5_000;
const MAX_BATCH = 500;
/** How often one kind of trouble is told. */
const TELL_EVERY_MS = 10 * 60_000;

export interface RadiusIngest {
  /**
   * Resolves once the record is committed.
   * @param bytes as they came; null where they were more than a body may have
   * @throws AppError `busy`, `database_unreachable`
   */
  take(endpoint: RadiusEndpoint, bytes: Uint8Array | null): Promise<void>;
}

export interface RadiusDeps {
  readonly store: RadiusStore;
  /** Told of sessions that begin or go on, after they are stored; failing, it fails no record. */
  readonly signs: SignStore;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
}

interface Waiting {
  readonly endpoint: RadiusEndpoint;
  readonly read: ReadRadius;
  readonly done: (error?: AppError) => void;
}

export function radiusIngest(deps: RadiusDeps): RadiusIngest {
  const waiting: Waiting[] = [];
  const tell = teller(deps);
  const signs = radiusSigns({
    store: deps.signs,
    now: deps.now,
    failed: () => {
      tell("signs of life from RADIUS could not be noted", "accounting");
    },
  });
  let running = false;

  const drain = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MAX_BATCH);
      const error = await storeAll(deps, batch, tell).catch((cause: unknown) => away(deps, cause));
      for (const { done } of batch) done(error);
      if (error === undefined) signs.take(batch.map(({ read }) => read));
    }
    running = false;
  };

  return {
    async take(endpoint, bytes) {
      if (waiting.length >= MAX_WAITING) {
        throw new AppError("busy", "too many RADIUS records wait to be stored; send it again", {
          retryAfterSeconds: 1,
        });
      }
      const read = bytes === null ? TOO_LARGE : readRadius(bytes, endpoint, deps.now());
      if (read.kind === "event" && read.unscrubbed) tell(UNSCRUBBED, endpoint);
      if (read.kind === "poison") {
        const { reason, attribute } = read.poison;
        tell(`a RADIUS record was put aside: ${POISON[reason]}`, endpoint, attribute);
      }
      await new Promise<void>((resolve, reject) => {
        const done = (error?: AppError): void => {
          if (error === undefined) resolve();
          else reject(error);
        };
        waiting.push({ endpoint, read, done });
        void drain();
      });
    },
  };
}

const TOO_LARGE: ReadRadius = {
  kind: "poison",
  poison: { reason: "too_large", attribute: null, shape: { bytes: 0, attributes: {}, others: 0 } },
};
const UNSCRUBBED = "the RADIUS server sends passwords along: add the policy scrub";

type Tell = (message: string, endpoint: RadiusEndpoint, attribute?: string | null) => void;

/** Logs and captures a kind of trouble once in a while; the quarantine counts each. */
function teller({ telemetry, now }: RadiusDeps): Tell {
  const told = new Map<string, number>();
  return (message, endpoint, attribute = null) => {
    const kind = [message, endpoint, attribute].join(" ");
    if (now().getTime() - (told.get(kind) ?? -Infinity) < TELL_EVERY_MS) return;
    told.set(kind, now().getTime());
    telemetry.log("warn", message, { endpoint, attribute });
    const tags = { endpoint, attribute };
    telemetry.capture({ message, fingerprint: ["radius", message], level: "warning", tags });
  };
}

/** Undefined: all of them are stored. A record that the database refuses must not hold up those beside it. */
async function storeAll(
  deps: RadiusDeps,
  batch: readonly Waiting[],
  tell: Tell,
): Promise<AppError | undefined> {
  try {
    await storeBatch(deps.store, batch);
  } catch (error) {
    if (!isRefusal(error)) return away(deps, error);
    if (batch.length > 1) {
      for (const one of batch) {
        const failed = await storeAll(deps, [one], tell);
        if (failed !== undefined) return failed;
      }
    } else {
      const [one] = batch;
      if (one === undefined || one.read.kind === "poison") return away(deps, error);
      tell(`a RADIUS record was put aside: ${POISON.refused}`, one.endpoint);
      const poison = { reason: "refused", attribute: null, shape: one.read.shape } as const;
      return await storeAll(deps, [{ ...one, read: { kind: "poison", poison } }], tell);
    }
  }
  return undefined;
}

async function storeBatch(store: RadiusStore, batch: readonly Waiting[]): Promise<void> {
  const quarantined: QuarantinedRecord[] = batch.flatMap(({ endpoint, read }) =>
    read.kind === "poison" ? [{ endpoint, poison: read.poison }] : [],
  );
  const events = batch.flatMap(({ read }) => (read.kind === "event" ? [read.event] : []));
  await store.storeRadius(events, quarantined);
}

/** PostgreSQL's classes of data that it cannot take (22) or that breaks a rule of a table (23). */
function isRefusal(error: unknown): boolean {
  return /^2[23]/.test(codeOf(error)) || error instanceof TypeError || error instanceof RangeError;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

/** What was thrown may quote a record, so nothing but its code is told. */
function away({ telemetry }: RadiusDeps, error: unknown): AppError {
  const known = error instanceof AppError;
  const code = codeOf(error);
  telemetry.log("warn", "RADIUS records could not be stored; they are sent again", { code });
  if (!known && /^[0-9A-Z]{5}$/.test(code) && !/^(?:08|53|57|58)/.test(code)) {
    const message = "the database does not take RADIUS records";
    const fingerprint = ["radius", "store", code];
    telemetry.capture({ message, fingerprint, level: "error", tags: { code } });
  }
  return known
    ? error
    : new AppError("database_unreachable", "RADIUS records cannot be stored now", {
        retryAfterSeconds: 5,
      });
}
