/**
 * One ACS, served by one holder: takes the lease, keeps a few passes going so that the next call is always ready, renews,
 * and hands over. Losing the lease stops all of it at once; what was not sent stays due for whoever goes on.
 */
import { setMaxListeners } from "node:events";
import { messageOf } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { MapSet } from "../mapping/mapper.ts";
import type { AcsSettings } from "../model/acs-settings.ts";
import type { WorkItem } from "../model/records.ts";
import type { Acs, AcsCapabilities, AcsDevice, NotSent, Transport } from "../ports/acs.ts";
import type { DueNow, EngineStore, Lease, SlotStats } from "../ports/engine-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { ProbeBudget, Turns } from "./budget.ts";
import type { Deps } from "./deps.ts";
import { checkAcs } from "./check.ts";
import { watchContacts } from "./contacts.ts";
import { Gate } from "./gate.ts";
import { serveRequests } from "./requests.ts";
import { reconcileDevice } from "./reconciler.ts";
import { inScope } from "./scope.ts";

export interface LaneDeps {
  readonly store: EngineStore;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly maps: () => MapSet;
  readonly mapsVersion: () => string;
  readonly holder: string;
  readonly settings: () => AcsSettings;
  /** The socket itself; `admit` has the last word in the tick that writes to it. */
  readonly transport: (settings: () => AcsSettings, admit: () => NotSent | undefined) => Transport;
  readonly createAcs: (
    settings: () => AcsSettings,
    transport: Transport,
    inScope: (device: AcsDevice) => boolean,
  ) => Promise<Acs>;
  readonly halted: () => string | null;
}

/** Passes under way beside the one whose call is in flight: enough to have the next call ready while one is decoded. */
const AHEAD = 3;
/**
 * More for urgent changes, so that none waits for a pass of something else to end, nor for the whole pass of another
 * urgent one: the gate then takes their calls in turn.
 */
const RESERVED_FOR_URGENT = 4;
const POLL_MS = 500;
const WORK_TTL_MS = 15 * 60_000;

/** The lease outlives a call by as much again: a renewal may fail twice before calls have to stop. */
function leaseTtlMs(settings: AcsSettings): number {
  return 2 * settings.callDeadlineMs + 3_000;
}

export class Lane {
  readonly #deps: LaneDeps;
  readonly #wakers = new Set<() => void>();
  /** The reason of a stop that covers this ACS, as of the last look. */
  #stop: string | null = null;
  #capabilities: AcsCapabilities | null = null;
  #differences: readonly string[] | null = null;
  readonly #inHand = new Set<number>();

  constructor(deps: LaneDeps) {
    this.#deps = deps;
  }

  /** Something became due; look now instead of at the next poll. */
  wake(): void {
    for (const waker of this.#wakers) waker();
    this.#wakers.clear();
  }

  /** Until `signal` aborts. Trouble with the database is waited out, never fatal. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, telemetry, settings, holder } = this.#deps;
    while (!signal.aborted) {
      try {
        const before = clock.monotonicMs();
        const ttl = leaseTtlMs(settings());
        const lease = await store.acquireLease(
          settings().name,
          0,
          holder,
          ttl,
          settings().callDeadlineMs,
        );
        if (lease !== null) await this.#hold(lease, before + ttl, signal);
        else await this.#sleep(POLL_MS, signal);
      } catch (error) {
        telemetry.log("error", `lane ${settings().name}: ${messageOf(error)}; tries again in 2 s`);
        await clock.sleep(2_000, signal);
      }
    }
  }

  async #hold(lease: Lease, goodUntilMs: number, signal: AbortSignal): Promise<void> {
    const { store, clock, telemetry, settings } = this.#deps;
    telemetry.log("info", `serving ${lease.acs}`, { fence: lease.fence });
    let goodUntil = goodUntilMs;
    const lost = new AbortController();
    const stop = AbortSignal.any([signal, lost.signal]);
    // Passes, renewal, requests and contacts sleep on it at the same time, more than Node's ten; each lets go when it wakes.
    setMaxListeners(100, stop);
    const leaseLeftMs = (): number => (lost.signal.aborted ? 0 : goodUntil - clock.monotonicMs());
    const admit = (): NotSent | undefined => {
      const halt = this.#halted();
      if (halt !== null) return { kind: "not_sent", reason: "stopped", detail: halt };
      if (leaseLeftMs() >= settings().callDeadlineMs) return undefined;
      return {
        kind: "not_sent",
        reason: "lease_lost",
        detail: "the lease would not outlive the call",
      };
    };
    const gate = new Gate({
      closed: await store.closedGate(lease),
      settings,
      clock,
      inner: this.#deps.transport(settings, admit),
      halted: () => this.#halted(),
      leaseLeftMs,
    });
    const over = (): boolean => stop.aborted;
    const renewing = (async () => {
      while (!over()) {
        const ttl = leaseTtlMs(settings());
        await clock.sleep((ttl - settings().callDeadlineMs) / 4, stop);
        if (over()) return;
        const before = clock.monotonicMs();
        try {
          const ours = await store.renewLease(lease, ttl, this.#stats(gate));
          if (ours) goodUntil = before + ttl;
          else lost.abort();
          await this.#storeCalls(lease, gate, false);
        } catch (error) {
          // Without the database the lease runs out by itself, and the gate stops sending in time.
          telemetry.log("warn", `lease of ${lease.acs} not renewed: ${messageOf(error)}`);
          if (clock.monotonicMs() > goodUntil) lost.abort();
        }
      }
    })();
    try {
      await this.#work(lease, gate, stop);
    } finally {
      // No call begins from here on; with none in flight the next holder need not wait a deadline.
      lost.abort();
      await renewing;
      await gate.idle();
      await this.#storeCalls(lease, gate, true).catch(() => undefined);
      await store.releaseLease(lease).catch(() => undefined);
    }
  }

  #stats(gate: Gate): SlotStats {
    const { breakerOpen, limit } = gate;
    const [capabilities, differences] = [this.#capabilities, this.#differences];
    return { ...gate.stats.read(breakerOpen), limit, capabilities, differences };
  }

  async #storeCalls(lease: Lease, gate: Gate, over: boolean): Promise<void> {
    const taken = gate.log.take(over);
    await this.#deps.store.storeCalls(lease, taken.calls);
    taken.stored();
  }

  async #work(lease: Lease, gate: Gate, stop: AbortSignal): Promise<void> {
    const { store, clock, settings } = this.#deps;
    const passes = new Set<Promise<void>>();
    const turns = new Turns();
    const probes = new ProbeBudget(clock.monotonicMs());
    const deps = await this.#passDeps(lease, gate);
    const watching = watchContacts(
      deps,
      () => {
        this.wake();
      },
      stop,
    );
    const serving = serveRequests(deps, stop);
    const checking = checkAcs(deps, stop).then((differences) => {
      this.#differences = differences;
    });
    let probedMs = 0;
    while (!stop.aborted) {
      probes.spend(gate.stats.probeMs - probedMs);
      probedMs = gate.stats.probeMs;
      // While the ACS is down one device finds out whether it is back, and no other is begun.
      const room = (gate.breakerOpen ? 1 : gate.limit + AHEAD) - passes.size;
      const { classes, awaited } = await this.#due();
      gate.hurry(awaited);
      const due = this.#halted() === null && (!gate.breakerOpen || gate.mayTry()) ? classes : [];
      const allowed =
        room > 0
          ? due
          : room > -RESERVED_FOR_URGENT && !gate.breakerOpen
            ? due.filter((cls) => cls === "urgent")
            : [];
      const cls = turns.next(allowed, probes.allows(clock.monotonicMs(), settings().probeShare));
      const [item] = cls === null ? [] : await store.claim(lease, cls, 1, WORK_TTL_MS);
      if (item === undefined) {
        await this.#pause(passes, stop);
        continue;
      }
      const pass = this.#pass(item, deps, gate, stop).then(() => {
        passes.delete(pass);
        this.wake();
      });
      passes.add(pass);
    }
    await Promise.all([...passes, watching, serving, checking]);
  }

  /** Also learns of a stop, so that the gate knows of it before the next call. */
  async #due(): Promise<DueNow> {
    const due = await this.#deps.store.due(this.#deps.settings().name, [...this.#inHand]);
    this.#stop = due.stop;
    return due;
  }

  #halted(): string | null {
    return this.#deps.halted() ?? this.#stop;
  }

  /** Somebody stopped or resumed: known here when it resolves. Other processes learn of it with their next look. */
  async refresh(): Promise<void> {
    await this.#due();
    this.wake();
  }

  async #pass(item: WorkItem, deps: Deps, gate: Gate, stop: AbortSignal): Promise<void> {
    const { store, telemetry } = this.#deps;
    this.#inHand.add(item.key);
    await telemetry.isolate({ device: item.id, acs: item.acs }, async () => {
      try {
        const stored = await reconcileDevice(item, deps, stop);
        if (stored) gate.stats.deviceDone();
      } catch (error) {
        // Only the store can fail here. The row's lease runs out, or the next holder's fence frees it.
        telemetry.log("error", `pass for ${item.id} not stored: ${messageOf(error)}`);
        await store.release(item, deps.lease(), 5_000).catch(() => undefined);
      }
    });
    this.#inHand.delete(item.key);
  }

  async #passDeps(lease: Lease, gate: Gate): Promise<Deps> {
    const { store, telemetry, clock, maps, mapsVersion, settings } = this.#deps;
    const covered = (device: AcsDevice): boolean => inScope(settings(), device);
    // Node writes a socket only after all promises have gone on. Without this turn of the loop the next question, which
    // the gate has handed over already, would wait until this answer is parsed (measured: 12 % idle at 50 ms, 5 % with).
    const afterNext: Transport = async (exchange) => {
      const result = await gate.transport(exchange);
      await clock.sleep(0);
      return result;
    };
    const acs = await this.#deps.createAcs(settings, afterNext, covered);
    this.#capabilities = acs.capabilities;
    return {
      acs,
      store,
      telemetry,
      clock,
      maps,
      mapsVersion,
      settings,
      inScope: covered,
      lease: () => lease,
      fault: (name, changeId, detail) => {
        gate.stats.fault(name);
        gate.log.wrong(changeId, name, detail);
      },
      astray: async (id, why) => {
        const closed = gate.close(why);
        if (closed !== null) {
          telemetry.log("warn", `the gate of ${lease.acs} is closed to 1: ${why}`);
          await store.closeGate(lease, closed);
        }
        await store.doubt(gate.neighboursOf(id), `an answer for ${id} went astray`);
      },
    };
  }

  /** Until something wakes us, a pass ends, or the poll is due. The poll is the truth, the rest is haste. */
  async #pause(passes: ReadonlySet<Promise<void>>, stop: AbortSignal): Promise<void> {
    await Promise.race([this.#sleep(POLL_MS, stop), ...passes]);
  }

  /** Listens and stops listening: signals that live as long as the process must not gather what waited on them. */
  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = (): void => {
      woken.abort();
    };
    this.#wakers.add(wake);
    signal.addEventListener("abort", wake, { once: true });
    if (!signal.aborted) await this.#deps.clock.sleep(ms, woken.signal);
    signal.removeEventListener("abort", wake);
    this.#wakers.delete(wake);
  }
}
