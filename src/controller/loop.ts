/** Keeps one lane for each ACS record: starts it, gives it changed settings, ends it when the record is gone. */
import { AppError, messageOf } from "../lib/errors.ts";
import type { MapSet } from "../mapping/mapper.ts";
import type { AcsSettings } from "../model/acs-settings.ts";
import { mapsVersion, type MapRecord } from "../model/records.ts";
import { Lane, type LaneDeps } from "./lane.ts";

export interface LoopDeps extends Omit<LaneDeps, "settings" | "maps" | "mapsVersion"> {
  /** The maps that ship with these records over them. @throws AppError when they do not go together */
  readonly mapsOf: (records: readonly MapRecord[]) => MapSet;
}

interface Running {
  settings: AcsSettings;
  readonly lane: Lane;
  readonly ended: AbortController;
  readonly done: Promise<void>;
}

export class Controller {
  readonly #deps: LoopDeps;
  readonly #lanes = new Map<string, Running>();
  /** The last good set, and the version of the records that were last looked at. */
  #maps: { readonly version: string | null; readonly set: MapSet | null } = {
    version: null,
    set: null,
  };

  constructor(deps: LoopDeps) {
    this.#deps = deps;
  }

  /** Something became due somewhere. */
  wake(): void {
    for (const { lane } of this.#lanes.values()) lane.wake();
  }

  /** A stop was set or lifted: when it resolves, no lane of this process begins a call that it forbids. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map(({ lane }) => lane.refresh()));
  }

  /** Until `signal` aborts; then the calls in flight end, the leases are given back, and it resolves. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, clock, telemetry, pace } = this.#deps;
    while (!signal.aborted) {
      try {
        this.#learn(await store.mapRecords());
        // Without maps nothing is known of any device: no lane is opened.
        if (this.#maps.set !== null) this.#follow(await store.acsSettings(), signal);
      } catch (error) {
        telemetry.log("warn", `records not read: ${messageOf(error)}`);
      }
      await clock.sleep(pace.recordsMs, signal);
    }
    await Promise.all([...this.#lanes.values()].map(({ done }) => done));
  }

  /** Takes the maps as they stand now. A set that does not go together is said once and leaves the last good one. */
  #learn(records: readonly MapRecord[]): void {
    const version = mapsVersion(records);
    if (version === this.#maps.version) return;
    const { mapsOf, telemetry } = this.#deps;
    try {
      this.#maps = { version, set: mapsOf(records) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#maps = { version, set: this.#maps.set };
      const left = this.#maps.set === null ? "no device is read or written" : "the last set stays";
      telemetry.log("error", `the parameter maps do not go together, ${left}: ${error.message}`);
    }
  }

  #mapSet(): MapSet {
    if (this.#maps.set === null) throw new AppError("invalid_map", "no parameter maps are loaded");
    return this.#maps.set;
  }

  #follow(records: readonly AcsSettings[], signal: AbortSignal): void {
    for (const settings of records) {
      const running = this.#lanes.get(settings.name);
      if (running === undefined) {
        this.#lanes.set(settings.name, this.#start(settings, signal));
      } else if (needsNewLane(running.settings, settings)) {
        // A new address or login needs a new adapter: this lane finishes its call, the next round starts another.
        running.ended.abort();
      } else {
        running.settings = settings;
      }
    }
    for (const [name, running] of this.#lanes) {
      if (!records.some((settings) => settings.name === name)) running.ended.abort();
    }
  }

  #start(settings: AcsSettings, signal: AbortSignal): Running {
    const ended = new AbortController();
    const lane = new Lane({
      ...this.#deps,
      maps: () => this.#mapSet(),
      mapsVersion: () => this.#maps.version ?? "",
      settings: () => this.#lanes.get(settings.name)?.settings ?? settings,
    });
    const done = lane.run(AbortSignal.any([signal, ended.signal])).then(() => {
      this.#lanes.delete(settings.name);
    });
    return { settings, lane, ended, done };
  }
}

function needsNewLane(before: AcsSettings, after: AcsSettings): boolean {
  if (before.revision === after.revision) return false;
  return (
    before.address !== after.address ||
    before.restAddress !== after.restAddress ||
    before.kind !== after.kind ||
    before.callDeadlineMs !== after.callDeadlineMs ||
    !sameAuth(before.auth, after.auth)
  );
}

function sameAuth(before: AcsSettings["auth"], after: AcsSettings["auth"]): boolean {
  if (before.kind === "none" || after.kind === "none") return before.kind === after.kind;
  return (
    before.kind === after.kind &&
    before.username === after.username &&
    before.password.equals(after.password)
  );
}
