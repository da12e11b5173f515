/** The store as one process of the lease model reaches it: over a link that can be lost. */
import type { EngineStore } from "../../src/ports/engine-store.ts";
import type { Process, World } from "./lease-world.ts";

export interface Watch {
  before(): Promise<void>;
  /** The database has done it, and the process does not know yet. */
  done(): void;
  heard(result: unknown): void;
}

/** Each verb is three turns: asked, done, heard of. The link may be lost before it is done, or after. */
export function linked(
  engine: EngineStore,
  process: Process,
  world: World,
  watch: Watch,
): EngineStore {
  const lost = (): boolean => process.linkDownUntilMs > world.nowMs;
  const call = async (verb: () => Promise<unknown>): Promise<unknown> => {
    await world.turn(process);
    if (lost()) throw new Error("the database is away");
    const result = await world.outside(async () => {
      await watch.before();
      return await verb();
    });
    watch.done();
    await world.turn(process);
    if (lost()) throw new Error("the answer of the database is lost");
    watch.heard(result);
    return result;
  };
  return new Proxy(engine, {
    get: (store, name) => {
      const verb: unknown = Reflect.get(store, name);
      if (typeof verb !== "function") return verb;
      return (...args: unknown[]) =>
        call(() => Reflect.apply(verb, store, args) as Promise<unknown>);
    },
  });
}
