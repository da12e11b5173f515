/**
 * How much of its share of the ACS's time work that is not urgent may take just now: less after an outage, and less while
 * the ACS answers more slowly than it does in the long run, as others then have more need of it. Pure: the moments are
 * handed in, and a call costs the same however many there were before.
 */
import type { Exchange, ExchangeResult } from "../ports/acs.ts";

/** After an outage: from a tenth to all of it. */
const SLOW_START_SHARE = 0.1;
const SLOW_START_MS = 10 * 60_000;
/** Usable answers after an outage until there may be several calls at once again. */
const SINGLE_ANSWERS = 10;

/** Slow is a call of more than so many times what calls of its kind take in the long run (the median). */
const SLOW_TIMES = 3;
/** Calls of a kind until its median is one. */
const KNOWN_CALLS = 20;
/** The recent ones: latency has risen when more than half of them were slow, that is when their median is. */
const RECENT_CALLS = 15;
/** By how much a call may move its kind's median: a lasting change by three times is the new normal after 110 calls. */
const MEDIAN_STEP = 0.01;
/** What each call changes: back off within a few calls, come back more slowly. */
const BACK_OFF = 0.8;
const COME_BACK = 1.05;
const LEAST_SHARE = 0.1;

/** The ACS is never left alone for longer than this after one call: a pass has to end before its row comes free. */
const MOST_REST_MS = 60_000;

interface Kind {
  calls: number;
  /** Of the natural logarithm of ms: each call moves it up or down by a step, which leads to the median. */
  logMedian: number;
}

/** A call as it was counted, so that it can be taken back. */
interface Counted {
  changeId: string;
  kind: Kind;
  moved: number;
  slow: boolean;
}

export class Pacing {
  readonly #kinds = new Map<string, Kind>();
  /** A ring of the last calls; its members are used again. */
  readonly #recent: Counted[] = [];
  #next = 0;
  #slow = 0;
  #latencyShare = 1;
  /** When the ACS came back; null when it was never away, or that is long ago. */
  #backMs: number | null = null;
  #singles = 0;
  #notBeforeMs = 0;

  /** The breaker was open, and an answer has closed it. */
  recovered(nowMs: number): void {
    this.#backMs = nowMs;
    this.#singles = SINGLE_ANSWERS;
  }

  /** Until the first few answers after an outage are here, one call at a time. */
  get single(): boolean {
    return this.#singles > 0;
  }

  /** Work that is not urgent waits until then, beyond what the duty cycle asks of every call. ms */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  called(
    { operation, context }: Pick<Exchange, "operation" | "context">,
    { kind }: Pick<ExchangeResult, "kind">,
    tookMs: number,
    endMs: number,
    dutyCycle: number,
  ): void {
    // A call that looks for a CPE, or measures the ACS, is as long as it is for reasons of its own.
    const counts = kind === "answer" && context.class !== "probe" && context.width === undefined;
    if (counts) this.#answered(operation, context.changeId, tookMs);
    const share = this.share(endMs);
    // What is urgent takes nothing of the share of the rest.
    if (kind === "not_sent" || context.class === "urgent" || share === 1) return;
    const wholeMs = tookMs * (1 / dutyCycle - 1);
    const restMs = tookMs * (1 / (dutyCycle * share) - 1);
    const untilMs = endMs + Math.max(wholeMs, Math.min(restMs, MOST_REST_MS));
    this.#notBeforeMs = Math.max(this.#notBeforeMs, untilMs);
  }

  /** Calls of one name take about the same time. */
  #answered(name: string, changeId: string, tookMs: number): void {
    if (this.#singles > 0) this.#singles -= 1;
    const log = Math.log(Math.max(1, tookMs));
    let kind = this.#kinds.get(name);
    if (kind === undefined) this.#kinds.set(name, (kind = { calls: 0, logMedian: log }));
    const over = log - kind.logMedian;
    const slow = kind.calls >= KNOWN_CALLS && over > Math.log(SLOW_TIMES);
    kind.calls += 1;
    // The first ones move it far, so that the very first one decides little.
    const moved = Math.sign(over) * Math.max(MEDIAN_STEP, Math.min(0.5, 1 / kind.calls));
    kind.logMedian += moved;
    this.#keep(changeId, kind, moved, slow);
    this.#latencyShare = this.#isRisen()
      ? Math.max(LEAST_SHARE, this.#latencyShare * BACK_OFF)
      : Math.min(1, this.#latencyShare * COME_BACK);
  }

  #keep(changeId: string, kind: Kind, moved: number, slow: boolean): void {
    const place = this.#recent[this.#next];
    if (place?.slow === true) this.#slow -= 1;
    if (slow) this.#slow += 1;
    if (place === undefined) this.#recent.push({ changeId, kind, moved, slow });
    else Object.assign(place, { changeId, kind, moved, slow });
    this.#next = (this.#next + 1) % RECENT_CALLS;
  }

  #isRisen(): boolean {
    return this.#slow * 2 > RECENT_CALLS;
  }

  /** The last call under this change waited for a CPE that is away: it says nothing about the ACS, and is taken back. */
  away(changeId: string): void {
    for (let back = 1; back <= this.#recent.length; back += 1) {
      const call = this.#recent.at(this.#next - back);
      if (call?.changeId !== changeId) continue;
      call.kind.calls -= 1;
      call.kind.logMedian -= call.moved;
      if (call.slow) this.#slow -= 1;
      Object.assign(call, { changeId: "", moved: 0, slow: false });
      return;
    }
  }

  /** Of what the duty cycle leaves to work that is not urgent, in (0, 1]. */
  share(nowMs: number): number {
    return Math.min(this.#startShare(nowMs), this.#latencyShare);
  }

  #startShare(nowMs: number): number {
    if (this.#backMs === null) return 1;
    const grown = (nowMs - this.#backMs) / SLOW_START_MS;
    if (grown >= 1) this.#backMs = null;
    return Math.min(1, SLOW_START_SHARE + (1 - SLOW_START_SHARE) * grown);
  }

  /** For people: why it is slowed, and to how much; null when it is not. */
  why(nowMs: number): string | null {
    const start = this.#startShare(nowMs);
    const latency = this.#latencyShare;
    if (start === 1 && latency === 1) return null;
    const percent = Math.max(1, Math.round(Math.min(start, latency) * 100));
    const what = `${percent} % of its share of the time for what is not urgent`;
    if (start > latency) {
      const take = this.#isRisen() ? "take" : "took, until a moment ago,";
      return `${what}: answers ${take} more than ${SLOW_TIMES} times as long as in the long run`;
    }
    const agoS = Math.round((nowMs - (this.#backMs ?? nowMs)) / 1_000);
    return `${what}: it came back ${agoS} s ago, and gets all of it ${SLOW_START_MS / 60_000} min after that`;
  }
}
