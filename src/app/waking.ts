/** The fleet store of this process, with a nudge for its controller: what was just asked for need not wait for a poll. */
import type { FleetStore } from "../ports/fleet-store.ts";

/**
 * Other processes find the work, or the stop, at their next look; the nudge is haste, never the truth. `refresh` makes a
 * stop known to the controller of this process before the person who asked for it is answered.
 */
export function waking(
  store: FleetStore,
  wake: () => void,
  refresh: () => Promise<void>,
  halted: () => string | null = () => null,
): FleetStore {
  const after = async <T>(done: Promise<T>): Promise<T> => {
    const result = await done;
    wake();
    return result;
  };
  return {
    ...store,
    apply: (...args) => after(store.apply(...args)),
    hold: (...args) => after(store.hold(...args)),
    actOn: (...args) => after(store.actOn(...args)),
    release: (...args) => after(store.release(...args)),
    releaseModel: (...args) => after(store.releaseModel(...args)),
    prove: (...args) => after(store.prove(...args)),
    wake: (...args) => after(store.wake(...args)),
    putDocument: (...args) => after(store.putDocument(...args)),
    patchDocument: (...args) => after(store.patchDocument(...args)),
    swapDocument: (...args) => after(store.swapDocument(...args)),
    confirmPassword: (...args) => after(store.confirmPassword(...args)),
    applyScheduled: async () => {
      const made = await store.applyScheduled();
      if (made > 0) wake();
      return made;
    },
    endDocument: (...args) => after(store.endDocument(...args)),
    signsOfLife: async (...args) => {
      const taken = await store.signsOfLife(...args);
      // There are hundreds a second of them, and few are waited for.
      if (taken.due > 0) wake();
      return taken;
    },
    fleet: async () => {
      const counts = await store.fleet();
      const reason = halted();
      const file =
        reason === null ? [] : [{ id: null, acs: null, selector: null, reason, by: "file STOP" }];
      return { ...counts, stops: [...file, ...counts.stops] };
    },
    why: async (...args) => {
      const why = await store.why(...args);
      const reason = halted();
      const file = reason === null ? [] : [{ reason, by: "file STOP" }];
      return { ...why, stops: [...file, ...why.stops] };
    },
    stop: async (...args) => {
      const stopped = await store.stop(...args);
      await refresh();
      return stopped;
    },
    resume: async (...args) => {
      const resumed = await store.resume(...args);
      await refresh();
      return resumed;
    },
  };
}
