/**
 * One process of the lease model: what `controller/lane.ts` does with the lease, over the real store and the real gate.
 * Whatever a lane awaits is a turn of the world here.
 */
import { Gate } from "../../src/controller/gate.ts";
import type { AcsSettings } from "../../src/model/acs-settings.ts";
import type { NotSent } from "../../src/ports/acs.ts";
import type { EngineStore, Lease, SlotStats } from "../../src/ports/engine-store.ts";
import type { ModelAcs } from "./lease-acs.ts";
import { reconcile } from "./lease-pass.ts";
import type { Process, World } from "./lease-world.ts";

export interface ReplicaDeps {
  readonly world: World;
  readonly acs: ModelAcs;
  /** The store as this process reaches it. */
  readonly store: EngineStore;
  readonly settings: AcsSettings;
  /** False: the gate is told that the lease lasts for ever, to show that the model sees what comes of it. */
  readonly looksAtLease: boolean;
}

/** As in `controller/lane.ts`. */
const AHEAD = 3;
const POLL_MS = 500;
const WORK_TTL_MS = 15 * 60_000;

/** Until it is asked to stop. */
export async function serve(process: Process, deps: ReplicaDeps): Promise<void> {
  const { world, store, settings } = deps;
  const clock = world.clockOf(process);
  const ttl = 2 * settings.callDeadlineMs + 3_000;
  const { signal } = process.stopping;
  while (!signal.aborted) {
    try {
      const before = clock.monotonicMs();
      const lease = await store.acquireLease(
        settings.name,
        0,
        process.name,
        ttl,
        settings.callDeadlineMs,
      );
      if (lease !== null) await hold(process, deps, lease, ttl, before + ttl);
      else await clock.sleep(POLL_MS, signal);
    } catch {
      await clock.sleep(2_000, signal);
    }
  }
}

async function hold(
  process: Process,
  deps: ReplicaDeps,
  lease: Lease,
  ttl: number,
  goodUntilMs: number,
): Promise<void> {
  const { world, store, acs, settings, looksAtLease } = deps;
  const clock = world.clockOf(process);
  let goodUntil = goodUntilMs;
  const lost = new AbortController();
  const stop = AbortSignal.any([process.stopping.signal, lost.signal]);
  const leaseLeftMs = (): number => {
    if (!looksAtLease) return Infinity;
    return lost.signal.aborted ? 0 : goodUntil - clock.monotonicMs();
  };
  const admit = (): NotSent | undefined =>
    leaseLeftMs() >= settings.callDeadlineMs
      ? undefined
      : { kind: "not_sent", reason: "lease_lost", detail: "" };
  const gate = new Gate({
    settings: () => settings,
    clock,
    inner: acs.transportOf(process, admit),
    halted: () => null,
    leaseLeftMs,
  });
  const over = (): boolean => stop.aborted;
  const renewing = (async () => {
    while (!over()) {
      await clock.sleep((ttl - settings.callDeadlineMs) / 4, stop);
      if (over()) return;
      const before = clock.monotonicMs();
      try {
        if (await store.renewLease(lease, ttl, statsOf(gate))) goodUntil = before + ttl;
        else lost.abort();
      } catch {
        if (clock.monotonicMs() > goodUntil) lost.abort();
      }
    }
  })();
  try {
    await work(process, deps, lease, gate, stop);
  } finally {
    lost.abort();
    await renewing;
    await gate.idle();
    await store.releaseLease(lease).catch(() => undefined);
  }
}

function statsOf(gate: Gate): SlotStats {
  const { breakerOpen, limit } = gate;
  return {
    ...gate.stats.read(breakerOpen),
    slowed: null,
    limit,
    capabilities: null,
    differences: null,
  };
}

async function work(
  process: Process,
  { world, store, settings }: ReplicaDeps,
  lease: Lease,
  gate: Gate,
  stop: AbortSignal,
): Promise<void> {
  const clock = world.clockOf(process);
  const passes = new Map<number, Promise<void>>();
  while (!stop.aborted) {
    const room = (gate.breakerOpen ? 1 : gate.limit + AHEAD) - passes.size;
    const { classes } = await store.due(settings.name, [...passes.keys()]);
    const cls = room > 0 && (!gate.breakerOpen || gate.mayTry()) ? classes[0] : undefined;
    const [item] = cls === undefined ? [] : await store.claim(lease, cls, 1, WORK_TTL_MS);
    if (item === undefined) {
      await Promise.race([clock.sleep(POLL_MS, stop), ...passes.values()]);
      continue;
    }
    const pass = reconcile(item, store, lease, gate, stop)
      .catch(() => store.release(item, lease, 5_000).catch(() => undefined))
      .then(() => void passes.delete(item.key));
    passes.set(item.key, pass);
  }
  await Promise.all(passes.values());
}
