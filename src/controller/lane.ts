/**
 * One ACS, served by one holder: takes the lease, keeps a few passes going so that the next call is always ready, renews,
 * and hands over. Losing the lease stops all of it at once; what was not sent stays due for whoever goes on.
 */
import { setMaxListeners } from "node:events";
import { messageOf } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { MapSet } from "../mapping/mapper.ts";
import type { AcsSettings } from "../model/acs-settings.ts";
import type { Acs, AcsCapabilities, AcsDevice, NotSent, Transport } from "../ports/acs.ts";
import type { EngineStore, Lease, SlotStats } from "../ports/engine-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { Deps } from "./deps.ts";
import { checkAcs } from "./check.ts";
import { watchContacts } from "./contacts.ts";
import { Gate } from "./gate.ts";
import { insist } from "./insist.ts";
import { Passes } from "./passes.ts";
import { ReadBudget } from "./read-budget.ts";
import { renewEvidence } from "./renew.ts";
import { serveRequests } from "./requests.ts";
import { inScope } from "./scope.ts";
import { Waker } from "./waker.ts";

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
  readonly pace: Pace;
  /** The version of this program. */
  readonly release: string;
  readonly remembered: Remembered;
}

/** What outlives this process and is not in the database: so a database that was restored from a backup is found out. */
export interface Remembered {
  /** When an ACS was last served, on the database's clock. */
  servedAt(acs: string): Date | null;
  served(acs: string, at: Date): void;
}

/** How often it is looked at what may have changed without anybody telling us. ms */
export interface Pace {
  /** The queue, and the lease of somebody else. */
  readonly pollMs: number;
  /** The `Acs` records and the maps: so soon they take effect without a restart. */
  readonly recordsMs: number;
  /** What others ask of an ACS. */
  readonly requestsMs: number;
}

/** Behind trouble with the database. */
const RETRY_MS = 2_000;

/** The lease outlives a call by as much again: a renewal may fail twice before calls have to stop. */
function leaseTtlMs(settings: AcsSettings): number {
  return 2 * settings.callDeadlineMs + 3_000;
}

export class Lane {
  readonly #deps: LaneDeps;
  readonly #waker: Waker;
  #passes: Passes | null = null;
  #capabilities: AcsCapabilities | null = null;
  #differences: readonly string[] | null = null;

  constructor(deps: LaneDeps) {
    this.#deps = deps;
    this.#waker = new Waker(deps.clock);
  }

  /** Something became due; look now instead of at the next poll. */
  wake(): void {
    this.#waker.wake();
    this.#passes?.wake();
  }

  /** Until `signal` aborts. Trouble with the database is waited out, never fatal. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, telemetry, settings, holder } = this.#deps;
    while (!signal.aborted) {
      try {
        this.#waker.looking();
        const before = clock.monotonicMs();
        const ttl = leaseTtlMs(settings());
        const lease = await store.acquireLease(
          settings().name,
          0,
          holder,
          ttl,
          settings().callDeadlineMs,
          this.#deps.remembered.servedAt(settings().name),
        );
        if (lease !== null) await this.#hold(lease, before + ttl, signal);
        else await this.#waker.sleep(this.#deps.pace.pollMs, signal);
      } catch (error) {
        const seconds = RETRY_MS / 1_000;
        const told = `lane ${settings().name}: ${messageOf(error)}; tries again in ${seconds} s`;
        telemetry.log("error", told);
        await clock.sleep(RETRY_MS, signal);
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
      recovered: () => {
        this.wake();
      },
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
          const waited = !gate.leased;
          if (ours) goodUntil = before + ttl;
          else lost.abort();
          if (waited) this.#passes?.wake();
          const servedAt = ours ? await store.servedAt(lease.acs) : null;
          if (servedAt !== null) this.#deps.remembered.served(lease.acs, servedAt);
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
      // Until it is taken, or has run out: nobody else serves this ACS before that, and we are back in a moment.
      await insist(() => store.releaseLease(lease), clock, RETRY_MS, signal, goodUntil);
    }
  }

  #stats(gate: Gate): SlotStats {
    const { breakerOpen, limit } = gate;
    const [capabilities, differences] = [this.#capabilities, this.#differences];
    const slowed = gate.pacing.why(this.#deps.clock.monotonicMs());
    return { ...gate.stats.read(breakerOpen), slowed, limit, capabilities, differences };
  }

  async #storeCalls(lease: Lease, gate: Gate, over: boolean): Promise<void> {
    const taken = gate.log.take(over);
    await this.#deps.store.storeCalls(lease, taken.calls);
    taken.stored();
  }

  async #work(lease: Lease, gate: Gate, stop: AbortSignal): Promise<void> {
    const { halted, pace } = this.#deps;
    const deps = await this.#passDeps(lease, gate);
    const reads = new ReadBudget(deps.clock.monotonicMs());
    const passes = new Passes({ deps, gate, reads, halted, pollMs: pace.pollMs });
    this.#passes = passes;
    const watching = watchContacts(
      deps,
      () => {
        passes.wake();
      },
      stop,
    );
    const serving = serveRequests(deps, pace.requestsMs, stop);
    const checking = checkAcs(deps, stop).then((differences) => {
      this.#differences = differences;
    });
    const renewing = renewEvidence(deps, reads, stop);
    await passes.run(stop);
    await Promise.all([watching, serving, checking, renewing]);
  }

  #halted(): string | null {
    return this.#passes?.halted() ?? this.#deps.halted();
  }

  /** Somebody stopped or resumed: known here when it resolves. Other processes learn of it with their next look. */
  async refresh(): Promise<void> {
    await this.#passes?.look();
    this.wake();
  }

  async #passDeps(lease: Lease, gate: Gate): Promise<Deps> {
    const { store, telemetry, clock, maps, mapsVersion, release, settings } = this.#deps;
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
      release,
      settings,
      inScope: covered,
      lease: () => lease,
      fault: (name, changeId, detail) => {
        gate.stats.fault(name);
        gate.log.wrong(changeId, name, detail);
      },
      away: (ms, changeId) => {
        gate.stats.away(ms);
        gate.pacing.away(changeId);
      },
      surelyThere: () => this.#passes?.surelyThere() ?? false,
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
}
