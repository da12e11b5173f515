/** The call log: who asked what, when, and how much of it happened at the same time. */
import { closeSync, writeSync } from "node:fs";
import { openOwn } from "./files.ts";

export interface CallRecord {
  /** From 1, in the order in which calls ended, so that paging by it misses none. */
  readonly seq: number;
  readonly operation: string;
  readonly serial: string;
  /** The caller's own label; empty when it sent none. */
  readonly creator: string;
  /** ms since the simulator started, on a clock that only grows. */
  readonly startMs: number;
  readonly endMs: number;
  /** `ok`, `mixed_up` (another call's answer was given), `refused`, `fault`, or the kind of an injected trouble. */
  readonly outcome: string;
}

export interface CallStats {
  readonly calls: number;
  readonly inFlight: number;
  /** More than 1: somebody called while a call was in flight. */
  readonly maxInFlight: number;
  /** The longest time for which two or more calls were in flight without a pause. */
  readonly longestOverlapMs: number;
  readonly busyMs: number;
  /** Between the first start and the last end, the share of time with no call in flight; null before two calls. */
  readonly idleShare: number | null;
  readonly mixedUp: number;
  readonly perOp: Readonly<Record<string, { readonly calls: number; readonly meanMs: number }>>;
}

export interface OpenCall {
  readonly operation: string;
  readonly serial: string;
  readonly creator: string;
  readonly startMs: number;
}

const FIRST_OF_NONE = Number.NaN;

export class CallLog {
  readonly #ring: CallRecord[] = [];
  readonly #keep: number;
  readonly #monotonicMs: () => number;
  readonly #zeroMs: number;
  readonly #perOp = new Map<string, { calls: number; totalMs: number }>();
  #fd: number | null;
  #begun = 0;
  #seq = 0;
  #inFlight = 0;
  #maxInFlight = 0;
  #busyFromMs = 0;
  #busyMs = 0;
  #overlapFromMs = 0;
  #longestOverlapMs = 0;
  #firstMs = FIRST_OF_NONE;
  #lastMs = FIRST_OF_NONE;
  #mixedUp = 0;

  /** @param file NDJSON, appended; null for none */
  constructor(keep: number, file: string | null, monotonicMs: () => number) {
    this.#keep = keep;
    this.#monotonicMs = monotonicMs;
    this.#zeroMs = monotonicMs();
    this.#fd = file === null ? null : openOwn(file, "a");
  }

  begin(operation: string, serial: string, creator: string, arrivedMs?: number): OpenCall {
    const startMs = (arrivedMs ?? this.#monotonicMs()) - this.#zeroMs;
    // One that ended after this one had arrived was beside it too, though it is counted no more.
    const beside = startMs < this.#lastMs ? 1 : 0;
    if (this.#inFlight === 0) this.#busyFromMs = Math.max(startMs, this.#lastMs || 0);
    if (this.#inFlight === 1) this.#overlapFromMs = startMs;
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight + beside);
    if (Number.isNaN(this.#firstMs)) this.#firstMs = startMs;
    this.#begun += 1;
    return { operation, serial, creator, startMs };
  }

  end(call: OpenCall, outcome: string): void {
    const endMs = this.#monotonicMs() - this.#zeroMs;
    this.#inFlight -= 1;
    this.#lastMs = endMs;
    if (this.#inFlight === 0) this.#busyMs += endMs - this.#busyFromMs;
    if (this.#inFlight === 1) {
      this.#longestOverlapMs = Math.max(this.#longestOverlapMs, endMs - this.#overlapFromMs);
    }
    if (outcome === "mixed_up") this.#mixedUp += 1;
    const sum = this.#perOp.get(call.operation) ?? { calls: 0, totalMs: 0 };
    sum.calls += 1;
    sum.totalMs += endMs - call.startMs;
    this.#perOp.set(call.operation, sum);
    this.#seq += 1;
    const record: CallRecord = { seq: this.#seq, ...call, endMs, outcome };
    this.#ring.push(record);
    // Cut in halves, not one by one: shifting 10,000 entries at each call costs more than the call.
    if (this.#ring.length > this.#keep * 2) this.#ring.splice(0, this.#ring.length - this.#keep);
    if (this.#fd !== null) writeSync(this.#fd, `${JSON.stringify(record)}\n`);
  }

  /** Ended calls with a greater number, oldest first. */
  after(seq: number, limit: number): CallRecord[] {
    // They are numbered without a gap, so that who looks again and again need not go through all of them.
    const kept = Math.max(0, this.#ring.length - this.#keep);
    const from = Math.max(kept, seq + 1 - (this.#ring[0]?.seq ?? 1));
    return this.#ring.slice(from, from + limit);
  }

  stats(): CallStats {
    const spanMs = this.#lastMs - this.#firstMs;
    return {
      calls: this.#begun,
      inFlight: this.#inFlight,
      maxInFlight: this.#maxInFlight,
      longestOverlapMs: this.#longestOverlapMs,
      busyMs: this.#busyMs,
      idleShare: spanMs > 0 ? Math.max(0, (spanMs - this.#busyMs) / spanMs) : null,
      mixedUp: this.#mixedUp,
      perOp: Object.fromEntries(
        [...this.#perOp].map(([operation, { calls, totalMs }]) => [
          operation,
          { calls, meanMs: totalMs / calls },
        ]),
      ),
    };
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}
