/**
 * The gate: at most `concurrency` calls of ours in flight at one ACS, in order of class, within the duty cycle, under a
 * lease that outlives the call. It stands at the socket: the next question is already written out while an answer is on
 * its way, and the slot is free again before the answer is decoded.
 *
 * What holds a call back is an answer of its own (`not_sent`): nothing was asked, so nothing is unknown.
 */
import { CALL_CLASSES } from "../model/call-class.ts";
import type { DeviceId } from "../model/device.ts";
import type { AcsSettings } from "../model/acs-settings.ts";
import type { Exchange, ExchangeResult, NotSent, Transport } from "../ports/acs.ts";
import type { Clock } from "../lib/time.ts";
import { maskAnswer } from "../lib/mask-answer.ts";
import type { ClosedGate } from "../ports/slot-store.ts";
import { CallLog } from "./call-log.ts";
import { CallStats } from "./call-stats.ts";
import { Neighbours } from "./neighbours.ts";
import { Pacing } from "./pacing.ts";

/** More than the time between the test of the lease and the write to the socket can take on a busy machine. */
const LEASE_MARGIN_MS = 250;
/** Calls without a usable answer, one after another, until the ACS counts as down. */
const BREAKER_CALLS = 5;
const BREAKER_PAUSE_MS = 30_000;
/** After a time-out the ACS may still be at work on the old question; longer than this nobody waits for it. */
const TIMEOUT_PAUSE_CAP_MS = 10_000;

export interface GateDeps {
  readonly settings: () => AcsSettings;
  readonly inner: Transport;
  readonly clock: Clock;
  /** Milliseconds for which the lease is surely still ours. */
  readonly leaseLeftMs: () => number;
  /** The reason of a stop that covers every call; null when there is none. Asked in the tick of each send. */
  readonly halted: () => string | null;
  /** The ACS answers again after the breaker was open. */
  readonly recovered?: () => void;
  /** Closed by a wrong answer before this process had the slot. */
  readonly closed?: ClosedGate | null;
}

/** An urgent pass has so much of the time of its last call to ask its next question, before others go on. */
const KEPT_SHARE = 0.1;
const KEPT_CAP_MS = 250;
const URGENT = CALL_CLASSES.indexOf("urgent");

interface Waiting {
  /** Without the signal of its pass: a stop does not cut a call that is under way, its outcome would be unknown for nothing. */
  readonly exchange: Exchange;
  readonly signal: AbortSignal;
  readonly resolve: (result: ExchangeResult) => void;
}

export class Gate {
  readonly stats: CallStats;
  readonly log: CallLog;
  readonly pacing = new Pacing();
  readonly #deps: GateDeps;
  readonly #waiting: Waiting[][] = CALL_CLASSES.map(() => []);
  /** Devices that an urgent change waits for while a lesser pass has them in hand. */
  #hurried: ReadonlySet<DeviceId> = new Set();
  readonly #drained = new Set<() => void>();
  #inFlight = 0;
  /** Of those the calls that measure; beside them there is no other. */
  #measuring = 0;
  #closed: ClosedGate | null;
  readonly #neighbours = new Neighbours();
  /** A call is in flight beside which there must be no other. */
  #alone = false;
  /** Until then what is not urgent waits for the next question of an urgent pass, which was just answered. */
  #keptUntilMs = 0;
  #notBeforeMs = 0;
  /** Rest beyond what was owed, ms. */
  #oversleptMs = 0;
  #silentCalls = 0;
  #breakerUntilMs = 0;
  #timer: AbortController | null = null;
  /** When that one fires. */
  #pumpAtMs = Infinity;

  constructor(deps: GateDeps) {
    this.#deps = deps;
    this.stats = new CallStats(deps.clock);
    this.log = new CallLog(deps.clock, maskAnswer);
    this.#closed = deps.closed ?? null;
  }

  /** Calls at once: what the record of the ACS says, and 1 from a wrong answer on until that record is applied anew. */
  get limit(): number {
    const { concurrency, revision } = this.#deps.settings();
    return this.#closed?.revision === revision || this.pacing.single ? 1 : concurrency;
  }

  /** An answer was somebody else's. Null when there was nothing left to close. */
  close(why: string): ClosedGate | null {
    if (this.limit === 1) return null;
    this.#closed = { revision: this.#deps.settings().revision, why };
    return this.#closed;
  }

  /** Would the lease outlive a call that is sent now? Until it is renewed no other is begun. */
  get leased(): boolean {
    const { leaseLeftMs, settings } = this.#deps;
    return leaseLeftMs() >= settings().callDeadlineMs + LEASE_MARGIN_MS;
  }

  get breakerOpen(): boolean {
    return this.#silentCalls >= BREAKER_CALLS;
  }

  /** While the breaker is open: is it time for the one call that finds out whether the ACS is back? */
  mayTry(): boolean {
    return this.#inFlight === 0 && this.#deps.clock.monotonicMs() >= this.#breakerUntilMs;
  }

  /** From here on what these ask goes with the urgent calls: somebody waits for their passes to end. */
  hurry(ids: readonly DeviceId[]): void {
    this.#hurried = new Set(ids);
    for (const list of this.#waiting.slice(URGENT + 1)) {
      const moved = list.filter(({ exchange }) => this.#hurried.has(exchange.deviceId));
      for (const waiting of moved) list.splice(list.indexOf(waiting), 1);
      this.#waiting[URGENT]?.push(...moved);
    }
    this.#pump();
  }

  #rank({ deviceId, context }: Exchange): number {
    return this.#hurried.has(deviceId) ? URGENT : CALL_CLASSES.indexOf(context.class);
  }

  /** Until `mayTry` may be true; Infinity where something else ends the wait. ms */
  get tryInMs(): number {
    const leftMs = this.#breakerUntilMs - this.#deps.clock.monotonicMs();
    return this.#inFlight > 0 || leftMs <= 0 ? Infinity : leftMs;
  }

  readonly transport: Transport = ({ context, ...rest }) =>
    new Promise((resolve) => {
      const exchange = { ...rest, context: { ...context, signal: NEVER } };
      this.#waiting[this.#rank(exchange)]?.push({ exchange, signal: context.signal, resolve });
      this.#pump();
    });

  /** Whose answers could have been mixed up with the last one of this device. */
  neighboursOf(id: DeviceId): DeviceId[] {
    return this.#neighbours.of(id);
  }

  /** Resolves when no call is in flight. */
  async idle(): Promise<void> {
    if (this.#inFlight === 0) return;
    await new Promise<void>((resolve) => this.#drained.add(resolve));
  }

  #head(): Waiting | undefined {
    return this.#waiting.find((list) => list.length > 0)?.[0];
  }

  #next(): Waiting | undefined {
    return this.#waiting.find((list) => list.length > 0)?.shift();
  }

  #refuseAll(reason: NotSent["reason"], detail: string): void {
    for (const list of this.#waiting) {
      for (const { resolve } of list.splice(0)) resolve({ kind: "not_sent", reason, detail });
    }
  }

  #pump(): void {
    const { clock, halted } = this.#deps;
    for (let head = this.#head(); head !== undefined; head = this.#head()) {
      const { width } = head.exchange.context;
      if (this.#inFlight >= (width ?? this.limit)) return;
      if (this.#inFlight > 0 && (width !== undefined) !== this.#measuring > 0) return;
      const stop = halted();
      if (stop !== null) {
        this.#refuseAll("stopped", stop);
        return;
      }
      const now = clock.monotonicMs();
      if (now < this.#breakerUntilMs || (this.breakerOpen && this.#inFlight > 0)) {
        this.#refuseAll(
          "breaker_open",
          "the ACS gave no usable answer; one call tries again every 30 s",
        );
        return;
      }
      const urgent = this.#rank(head.exchange) === URGENT;
      const lesserMs = urgent ? 0 : Math.max(this.#keptUntilMs, this.pacing.notBeforeMs);
      const freeMs = Math.max(this.#notBeforeMs, lesserMs);
      if (now < freeMs) {
        this.#pumpAt(freeMs);
        return;
      }
      if (!this.leased) {
        this.#refuseAll("lease_lost", "the lease would not outlive the call");
        return;
      }
      if (this.#alone || (head.exchange.alone && this.#inFlight > 0)) return;
      const waiting = this.#next();
      if (waiting === undefined) return;
      this.#keptUntilMs = 0;
      if (waiting.signal.aborted) {
        waiting.resolve({ kind: "not_sent", reason: "stopped", detail: "shutting down" });
        continue;
      }
      if (this.#notBeforeMs > 0) this.#oversleptMs = now - this.#notBeforeMs;
      void this.#send(waiting, now);
    }
  }

  /** An urgent call does not wait for the moment at which a lesser one may go. */
  #pumpAt(atMs: number): void {
    if (atMs >= this.#pumpAtMs) return;
    this.#timer?.abort();
    const timer = new AbortController();
    this.#timer = timer;
    this.#pumpAtMs = atMs;
    void this.#deps.clock.sleep(atMs - this.#deps.clock.monotonicMs(), timer.signal).then(() => {
      if (this.#timer !== timer) return;
      this.#timer = null;
      this.#pumpAtMs = Infinity;
      this.#pump();
    });
  }

  async #send(waiting: Waiting, startMs: number): Promise<void> {
    const { exchange } = waiting;
    this.#inFlight += 1;
    const measures = exchange.context.width !== undefined;
    if (measures) this.#measuring += 1;
    this.#alone = exchange.alone;
    this.#neighbours.asked(exchange.deviceId);
    const result = await this.#ask(exchange);
    const endMs = this.#deps.clock.monotonicMs();
    this.#inFlight -= 1;
    if (measures) this.#measuring -= 1;
    this.#alone = false;
    this.#neighbours.ended(exchange.deviceId);
    const tookMs = (result.kind === "answer" ? result.tookMs : undefined) ?? endMs - startMs;
    // What passed before the question was on the wire was rest for the ACS, like a timer that fires late.
    this.#oversleptMs += endMs - startMs - tookMs;
    this.#after(result, tookMs, endMs);
    this.pacing.called(exchange, result, endMs - startMs, endMs, this.#deps.settings().dutyCycle);
    if (this.#rank(exchange) === URGENT && result.kind === "answer")
      this.#keptUntilMs = endMs + Math.min(KEPT_CAP_MS, (endMs - startMs) * KEPT_SHARE);
    exchange.context.took?.(endMs - startMs);
    // The next question goes out before this answer is looked at, or even written down.
    this.#pump();
    this.stats.add(exchange.context.class, endMs - startMs, result);
    this.log.add(exchange, endMs - startMs, result);
    if (this.#inFlight === 0) {
      for (const drained of this.#drained) drained();
      this.#drained.clear();
    }
    waiting.resolve(result);
  }

  /** A transport never rejects; one that does, or throws, has asked a question whose outcome nobody knows. */
  async #ask(exchange: Exchange): Promise<ExchangeResult> {
    try {
      return await this.#deps.inner(exchange);
    } catch (error) {
      const detail = `transport failed: ${error instanceof Error ? error.message : "unknown"}`;
      return { kind: "no_answer", fault: "connection", sent: true, detail };
    }
  }

  /** How long the ACS rests after this call: what the duty cycle leaves it, more after a time-out. */
  #after(result: ExchangeResult, tookMs: number, endMs: number): void {
    const { dutyCycle, callDeadlineMs } = this.#deps.settings();
    const owed = tookMs * (1 / dutyCycle - 1);
    // A timer that fired late has already given some of this rest; at most one rest is carried over.
    const rest = Math.max(0, owed - Math.min(this.#oversleptMs, owed));
    this.#oversleptMs = 0;
    const silent = result.kind === "no_answer" && result.fault === "timeout";
    const pause = silent ? Math.min(callDeadlineMs, TIMEOUT_PAUSE_CAP_MS) : 0;
    const untilMs = rest > 0 || pause > 0 ? endMs + Math.max(rest, pause) : 0;
    // What another call of ours has left the ACS to rest is not cut short by this one.
    this.#notBeforeMs = Math.max(untilMs, this.#notBeforeMs > endMs ? this.#notBeforeMs : 0);
    if (result.kind === "answer") {
      if (this.breakerOpen) {
        // An answer that was on its way when it opened ends it too, and then there was no outage.
        if (endMs >= this.#breakerUntilMs) this.pacing.recovered(endMs);
        this.#deps.recovered?.();
      }
      this.#silentCalls = 0;
      this.#breakerUntilMs = 0;
      return;
    }
    if (result.kind === "not_sent") return;
    this.#silentCalls += 1;
    if (this.breakerOpen) this.#breakerUntilMs = endMs + BREAKER_PAUSE_MS;
  }
}

const NEVER = new AbortController().signal;
