/** The fleet store of this process, with a nudge for its controller: what was just asked for need not wait for a poll. */
import type { FleetStore } from "../ports/fleet-store.ts";

/** Other processes find the work at their next poll; the nudge is haste, never the truth. */
export function waking(store: FleetStore, wake: () => void): FleetStore {
  const after = async <T>(done: Promise<T>): Promise<T> => {
    const result = await done;
    wake();
    return result;
  };
  return {
    ...store,
    apply: (...args) => after(store.apply(...args)),
    hold: (...args) => after(store.hold(...args)),
    prove: (...args) => after(store.prove(...args)),
    wake: (...args) => after(store.wake(...args)),
    putDocument: (...args) => after(store.putDocument(...args)),
    endDocument: (...args) => after(store.endDocument(...args)),
    resume: (...args) => after(store.resume(...args)),
  };
}
