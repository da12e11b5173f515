/**
 * A GenieACS over the same CPEs that the Friendly face speaks for: what it remembers of them, its queue, its files, and
 * its moods. Like everything here it has no timers: the Informs of a CPE are caught up with when somebody looks at it.
 *
 * Not imitated: presets and provisions are kept and never run; only the last of several missed Informs is caught up with;
 * nothing of it survives a restart.
 */
import type { Clock } from "../../../lib/time.ts";
import type { FileServer } from "../firmware.ts";
import { randomFrom } from "../random.ts";
import type { Entry, SimulatedAcs } from "../sim-acs.ts";
import type { SessionTools, StoredFile } from "./downloads.ts";
import { meet, type KnownDevice } from "./known-device.ts";
import { refresh } from "./memory.ts";
import type { Json } from "./query.ts";
import { runSession } from "./session.ts";
import { taskOf, type Task } from "./tasks.ts";

export interface NbiTools {
  readonly acs: SimulatedAcs;
  readonly clock: Clock;
  readonly seed: string;
  /** ms for which the NBI is gone after a request that ends its worker. */
  readonly respawnMs: number;
  /** ms between the times at which a provision of the site has all of a CPE read; Infinity: it has none. */
  readonly refreshEveryMs: number;
  readonly informIntervalMs: number;
  readonly trouble: { readonly fileServer: FileServer };
}

/** Named collections whose documents are kept as they were put. */
export const KEPT = ["presets", "provisions", "virtual_parameters", "objects"] as const;
export type Kept = (typeof KEPT)[number];

export class Nbi {
  readonly files = new Map<string, StoredFile>();
  readonly kept: Readonly<Record<Kept, Map<string, Record<string, Json>>>> = {
    presets: new Map(),
    provisions: new Map(),
    virtual_parameters: new Map(),
    objects: new Map(),
  };
  /** Requests that ended the worker so far. */
  crashes = 0;
  readonly #tools: NbiTools;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #devices = new Map<string, KnownDevice>();
  readonly #deleted = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #random: () => number;
  #downUntilMs = 0;
  #tasks = 0;

  constructor(tools: NbiTools) {
    this.#tools = tools;
    this.#entries = new Map(tools.acs.entries.map((entry) => [entry.device.id, entry]));
    this.#random = randomFrom(`${tools.seed}/nbi`);
  }

  get isDown(): boolean {
    return this.#tools.clock.monotonicMs() < this.#downUntilMs;
  }

  /** The worker dies, and who asked hears of it when the next one is up (0.11). */
  async crash(): Promise<void> {
    const { clock, respawnMs } = this.#tools;
    this.crashes += 1;
    this.#downUntilMs = clock.monotonicMs() + respawnMs;
    await clock.sleep(respawnMs);
  }

  find(id: string): KnownDevice | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined ? undefined : this.#current(entry);
  }

  all(): readonly KnownDevice[] {
    return [...this.#entries.values()].flatMap((entry) => this.#current(entry) ?? []);
  }

  taskById(id: string): { readonly device: KnownDevice; readonly task: Task } | undefined {
    for (const device of this.#devices.values()) {
      const task = device.tasks.find((each) => each.id === id);
      if (task !== undefined) return { device, task };
    }
    return undefined;
  }

  /** @returns undefined for a body that ends the worker */
  insert(device: KnownDevice, body: unknown): Task | undefined {
    this.#tasks += 1;
    const nowMs = this.#tools.acs.nowMs();
    const seconds = Math.floor(nowMs / 1_000)
      .toString(16)
      .padStart(8, "0");
    const id = `${seconds}${this.#tasks.toString(16).padStart(16, "0")}`;
    const task = taskOf(body, device.id, id, nowMs);
    if (task === undefined) return undefined;
    const same = device.tasks.find(
      (each) => task.uniqueKey !== "" && each.uniqueKey === task.uniqueKey,
    );
    device.tasks = [...device.tasks.filter((each) => each !== same), task];
    return task;
  }

  /** A session of the device, now. A task that was posted in this very millisecond belongs to it. */
  session(device: KnownDevice, breaksOff: boolean): void {
    const posted = Math.max(0, ...device.tasks.map(({ atMs }) => atMs));
    const sessionMs = Math.max(this.#tools.acs.nowMs(), posted + 1);
    runSession(device, this.#sessionTools(), sessionMs, breaksOff);
    if (!breaksOff) this.#refresh(device, sessionMs);
    device.lastInformMs = Math.max(sessionMs, this.#tools.acs.lastSeen(device.entry));
  }

  /** It comes back with its next Inform, as a device that nobody knows. */
  remove(device: KnownDevice): void {
    this.#devices.delete(device.id);
    this.#deleted.set(device.id, this.#tools.acs.nowMs());
  }

  /** Serialised for each device, and not in order (0.14). */
  async locked<T>(device: KnownDevice, work: () => Promise<T>): Promise<T> {
    const queue = this.#waiting.get(device.id);
    if (queue === undefined) this.#waiting.set(device.id, []);
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await work();
    } finally {
      const left = this.#waiting.get(device.id) ?? [];
      const [next] = left.splice(Math.floor(this.#random() * left.length), 1);
      if (next === undefined) this.#waiting.delete(device.id);
      else next();
    }
  }

  /** As `declare("Device.*", {value: Date.now(HOUR)})` does: at the first Inform of each hour, of which this may be a later one. */
  #refresh(device: KnownDevice, sessionMs: number): void {
    const { refreshEveryMs, informIntervalMs } = this.#tools;
    if (refreshEveryMs === Infinity) return;
    const sinceMs = sessionMs % refreshEveryMs;
    const atMs = sessionMs - Math.floor(sinceMs / informIntervalMs) * informIntervalMs;
    if (device.refreshedMs >= sessionMs - sinceMs) return;
    device.refreshedMs = atMs;
    const { cpe } = device.entry.state;
    refresh(device.memory, cpe, cpe.model.root, atMs);
  }

  #sessionTools(): SessionTools {
    const { acs, trouble } = this.#tools;
    return { acs, trouble, files: this.files };
  }

  #current(entry: Entry): KnownDevice | undefined {
    const { acs } = this.#tools;
    acs.look(entry);
    const seenMs = acs.lastSeen(entry);
    const { id } = entry.device;
    const known = this.#devices.get(id);
    if (known === undefined) {
      const deletedMs = this.#deleted.get(id);
      if (deletedMs !== undefined && seenMs <= deletedMs) return undefined;
      const device = meet(entry, seenMs);
      this.#refresh(device, seenMs);
      this.#devices.set(id, device);
      return device;
    }
    if (seenMs > known.lastInformMs && !known.inSession) {
      runSession(known, this.#sessionTools(), seenMs);
      this.#refresh(known, seenMs);
      known.lastInformMs = Math.max(seenMs, acs.lastSeen(entry));
    }
    return known;
  }
}
