/**
 * The passes under one lease: always a few more than there are calls in flight, so that the next question is ready when
 * an answer comes. What is begun next: urgent changes before all else, the rest by its share, probes within their budget.
 */
import { messageOf } from "../lib/errors.ts";
import type { WorkItem } from "../model/records.ts";
import type { DueNow } from "../ports/engine-store.ts";
import { ProbeBudget } from "./budget.ts";
import type { Deps } from "./deps.ts";
import type { Gate } from "./gate.ts";
import { insist } from "./insist.ts";
import type { ReadBudget } from "./read-budget.ts";
import { reconcileDevice, type PassEnd } from "./reconciler.ts";
import { Turns } from "./turns.ts";
import { Waker } from "./waker.ts";

/** Passes under way beside the one whose call is in flight: enough to have the next call ready while one is decoded. */
const AHEAD = 3;
/** With less of its share than this the ACS rests long enough after each call for the next one to be made ready. */
const SLOWED_SHARE = 0.5;
/**
 * More for urgent changes, so that none waits for a pass of something else to end, nor for the whole pass of another
 * urgent one: the gate then takes their calls in turn.
 */
const RESERVED_FOR_URGENT = 4;
const WORK_TTL_MS = 15 * 60_000;
/** Until a device is looked at again whose pass could not be stored. */
const NOT_STORED_MS = 5_000;
/**
 * So many due reads in a row have found their CPE until the next ones go without a look before. One in vain then costs the
 * ACS 20 s where a look costs 3: at most 5 % of the time of all reads, however many are lost.
 */
const SURELY_THERE_READS = 130;

export interface PassesDeps {
  readonly deps: Deps;
  readonly gate: Gate;
  readonly reads: ReadBudget;
  /** The reason of a stop that this process knows of, other than what the store says. */
  readonly halted: () => string | null;
  /** Looks again after this time at the latest. The look is the truth, being woken is haste. */
  readonly pollMs: number;
}

export class Passes {
  readonly #own: PassesDeps;
  readonly #waker: Waker;
  readonly #under = new Set<Promise<void>>();
  readonly #inHand = new Set<number>();
  /** One at a time: what it takes is known before the next one is begun. */
  #probes = 0;
  readonly #turns = new Turns();
  /** The reason of a stop that covers this ACS, as of the last look. */
  #stop: string | null = null;
  #nextMs = Infinity;
  /** Due reads in a row that found their CPE there. */
  #found = 0;

  constructor(own: PassesDeps) {
    this.#own = own;
    this.#waker = new Waker(own.deps.clock);
  }

  /** Something became due; look now instead of at the next poll. */
  wake(): void {
    this.#waker.wake();
  }

  halted(): string | null {
    return this.#own.halted() ?? this.#stop;
  }

  surelyThere(): boolean {
    return this.#found >= SURELY_THERE_READS;
  }

  /** Until `signal` aborts and the last pass has ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, store, lease, settings } = this.#own.deps;
    const { gate } = this.#own;
    const probes = new ProbeBudget(clock.monotonicMs());
    let probedMs = 0;
    while (!signal.aborted) {
      probes.spend(gate.stats.probeMs - probedMs);
      probedMs = gate.stats.probeMs;
      this.#waker.looking();
      const classes = this.#mayBegin(await this.look());
      const { probeShare } = settings();
      const probing = probes.allows(clock.monotonicMs(), probeShare) && this.#probes === 0;
      const cls = this.#turns.next(classes, probing);
      const [item] = cls === null ? [] : await store.claim(lease(), cls, 1, WORK_TTL_MS);
      if (item !== undefined) {
        this.#begin(item, signal);
        continue;
      }
      if (cls !== null) this.#turns.ended(cls, null);
      const saving = classes.includes("probe") && this.#probes === 0 && !probing;
      await this.#pause(saving ? probes.readyInMs(probeShare) : Infinity, signal);
    }
    await Promise.all(this.#under);
  }

  /** Also learns of a stop, so that the gate knows of it before the next call. */
  async look(): Promise<DueNow> {
    const { store, settings } = this.#own.deps;
    const due = await store.due(settings().name, [...this.#inHand]);
    this.#stop = due.stop;
    this.#nextMs = due.nextMs ?? Infinity;
    this.#own.gate.hurry(due.awaited);
    this.#own.reads.tell(due.now, this.#own.deps.clock.monotonicMs());
    return due;
  }

  /** Of the classes that have work; reads only when their limits let the next one begin. */
  #mayBegin(due: DueNow): DueNow["classes"] {
    const { gate, reads, deps } = this.#own;
    const readInMs = reads.waitMs(deps.settings().reads, deps.clock.monotonicMs());
    const classes = due.classes.filter((cls) => cls !== "read" || readInMs === 0);
    if (due.classes.includes("read") && readInMs > 0)
      this.#nextMs = Math.min(this.#nextMs, readInMs);
    if (this.halted() !== null || !gate.leased || (gate.breakerOpen && !gate.mayTry())) return [];
    // While the ACS is down one device finds out whether it is back, and no other is begun.
    const slowed = gate.pacing.share(this.#own.deps.clock.monotonicMs()) < SLOWED_SHARE;
    const most = gate.breakerOpen ? 1 : gate.limit + (slowed ? 0 : AHEAD);
    const room = most - this.#under.size;
    if (room > 0) return classes;
    const reserved = room > -RESERVED_FOR_URGENT && !gate.breakerOpen;
    return reserved ? classes.filter((cls) => cls === "urgent") : [];
  }

  #begin(item: WorkItem, signal: AbortSignal): void {
    const probes = item.class === "probe" ? 1 : 0;
    this.#inHand.add(item.key);
    this.#probes += probes;
    if (item.class === "read") this.#own.reads.take();
    const pass = this.#pass(item, signal).then((end) => {
      this.#inHand.delete(item.key);
      this.#probes -= probes;
      this.#turns.ended(item.class, end.spentMs);
      if (item.class === "read") this.#readEnded(end);
      this.#under.delete(pass);
      this.wake();
    });
    this.#under.add(pass);
  }

  #readEnded({ spentMs, lost }: PassEnd): void {
    if (spentMs === 0) this.#own.reads.giveBack();
    else this.#found = lost ? 0 : this.#found + 1;
  }

  async #pass(item: WorkItem, signal: AbortSignal): Promise<PassEnd> {
    const { deps, gate } = this.#own;
    const { telemetry } = deps;
    return await telemetry.isolate({ device: item.id, acs: item.acs }, async () => {
      try {
        const end = await reconcileDevice(item, deps, signal);
        if (end.stored) gate.stats.deviceDone();
        // Where the lease had run out for a moment and was renewed, the row would stay ours until its own lease ends.
        else await this.#giveBack(item, signal);
        return end;
      } catch (error) {
        // Only the store can fail here.
        telemetry.log("error", `pass for ${item.id} not stored: ${messageOf(error)}`);
        await this.#giveBack(item, signal);
        return { stored: false, spentMs: 0, lost: false };
      }
    });
  }

  /** Nobody else takes it before its own lease ends. A lost slot frees its rows by its fence. */
  async #giveBack(item: WorkItem, signal: AbortSignal): Promise<void> {
    const { store, lease, clock } = this.#own.deps;
    const release = () => store.release(item, lease(), NOT_STORED_MS);
    await insist(release, clock, NOT_STORED_MS, signal);
  }

  /** Until something wakes us (a pass that ends does), something falls due, a probe may go, or the poll is due. */
  async #pause(probeMs: number, signal: AbortSignal): Promise<void> {
    const { pollMs, gate } = this.#own;
    // One ms more: what falls due has fallen due.
    const nextMs = gate.breakerOpen ? gate.tryInMs : Math.min(probeMs, this.#nextMs + 1);
    await this.#waker.sleep(Math.min(pollMs, Math.max(1, nextMs)), signal);
  }
}
