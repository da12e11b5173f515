/**
 * How many requests a token may make: a bucket that fills at its rate and holds half a minute of it, so that an hour's work
 * done in one go passes and a loop that forgot to wait does not. In this process only; several share a rate as often as
 * there are of them.
 */
export const DEFAULT_RATE_PER_SECOND = 100;
const BURST_SECONDS = 30;
/** Buckets that are full again are forgotten when there are so many. */
const MAX_BUCKETS = 10_000;

export interface Taken {
  /** The most that a bucket holds. */
  readonly most: number;
  /** What is left in it, in whole requests. */
  readonly left: number;
  /** Seconds until there is one again; 0 when this one was let in. */
  readonly waitSeconds: number;
}

interface Bucket {
  left: number;
  atMs: number;
  readonly rate: number;
}

export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();

  /** @param nowMs of a clock that only grows */
  take(tokenId: string, ratePerSecond: number | null, nowMs: number): Taken {
    const rate = ratePerSecond ?? DEFAULT_RATE_PER_SECOND;
    const most = rate * BURST_SECONDS;
    const before = this.#buckets.get(tokenId);
    // A token whose rate was changed begins anew.
    const bucket = before?.rate === rate ? before : { left: most, atMs: nowMs, rate };
    bucket.left = leftAt(bucket, nowMs);
    bucket.atMs = nowMs;
    if (before !== bucket) {
      if (this.#buckets.size >= MAX_BUCKETS) this.#forgetFull(nowMs);
      this.#buckets.set(tokenId, bucket);
    }
    const allowed = bucket.left >= 1;
    if (allowed) bucket.left -= 1;
    const waitSeconds = allowed ? 0 : Math.max(1, Math.ceil((1 - bucket.left) / rate));
    return { most, left: Math.floor(bucket.left), waitSeconds };
  }

  #forgetFull(nowMs: number): void {
    for (const [id, bucket] of this.#buckets) {
      if (leftAt(bucket, nowMs) >= bucket.rate * BURST_SECONDS) this.#buckets.delete(id);
    }
  }
}

function leftAt({ left, atMs, rate }: Bucket, nowMs: number): number {
  return Math.min(rate * BURST_SECONDS, left + (Math.max(0, nowMs - atMs) / 1_000) * rate);
}
