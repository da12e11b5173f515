/** The lease model put together: replicas over one store and one ACS, what goes wrong with them, and what must hold. */
import type { AcsSettings } from "../../src/model/acs-settings.ts";
import type { EngineStore } from "../../src/ports/engine-store.ts";
import { ModelAcs } from "./lease-acs.ts";
import { linked } from "./lease-link.ts";
import { serve } from "./lease-replica.ts";
import { Process, World } from "./lease-world.ts";
import { applyFleet, settingsOf } from "./lease-fleet.ts";
import { BILLING, type Stores } from "./stack.ts";
import type { VirtualNowDatabase } from "./virtual-now.ts";

export interface ModelOptions {
  readonly seed: number;
  readonly concurrency: number;
  readonly startMs: number;
  /** What the promise rests on, taken away: to show that the model sees what comes of it. */
  readonly without?: Support;
}

/**
 * `lease`: the gate is told that its lease lasts for ever. `databaseClock`: the clock of the database is set an hour forward
 * now and then. `monotonicClock`: a process's own clock stands still while it is frozen, as that of a machine that sleeps.
 */
export type Support = "lease" | "databaseClock" | "monotonicClock";

const REPLICAS = 3;
const DEVICES = 8;
const HOUR_MS = 3_600_000;

/** What happens, with its share of all steps. The rest: one await of one process, or time goes by. */
const TROUBLE = {
  crash: 0.0015,
  stop: 0.0005,
  freeze: 0.003,
  linkLoss: 0.0015,
  clockStep: 0.002,
  put: 0.012,
} as const;
type Trouble = keyof typeof TROUBLE;

export class LeaseModel {
  readonly world: World;
  readonly acs: ModelAcs;
  readonly counts: Record<Trouble | "steps", number> = {
    steps: 0,
    crash: 0,
    stop: 0,
    freeze: 0,
    linkLoss: 0,
    clockStep: 0,
    put: 0,
  };
  readonly #database: VirtualNowDatabase;
  readonly #stores: Stores;
  readonly #options: ModelOptions;
  readonly #settings: AcsSettings;
  readonly #wanted = new Map<string, { readonly key: number; value: string }>();
  readonly #replicas: (Process | null)[] = Array.from({ length: REPLICAS }, () => null);
  /** When a replica that is not there is started again. */
  readonly #startsMs: number[] = Array.from({ length: REPLICAS }, () => 0);
  #servesAt = 0;
  /** Until it is healed. */
  #troubled = true;
  #told = 0;
  #databaseStepMs = 0;
  #lives = 0;

  constructor(database: VirtualNowDatabase, stores: Stores, options: ModelOptions) {
    this.#database = database;
    this.#stores = stores;
    this.#options = options;
    this.world = new World(options.seed, options.startMs);
    this.#settings = settingsOf(`acs-${options.seed}`, options.concurrency);
    this.acs = new ModelAcs(this.world, this.#settings.callDeadlineMs);
  }

  /** Devices of its own, each with a first wanted value. */
  async seed(): Promise<void> {
    await this.#tellTime();
    const { name } = this.#settings;
    const serials = Array.from({ length: DEVICES }, (_, at) => `S${this.#options.seed}X${at}`);
    await applyFleet(this.#stores.fleet, name, serials);
    for (const serial of serials) {
      const found = await this.#stores.fleet.resolveDevice(`0019E0-WIXB-${serial}`);
      if (found === null) throw new Error(`no device ${serial}`);
      this.#wanted.set(found.id, { key: found.key, value: "" });
      await this.#put(found.id);
    }
  }

  async step(): Promise<void> {
    const { chance } = this.world;
    this.counts.steps += 1;
    let left = chance.share();
    for (const [trouble, share] of Object.entries(TROUBLE) as [Trouble, number][]) {
      left -= share;
      if (left >= 0) continue;
      if (trouble !== "freeze") this.counts[trouble] += 1;
      await this.#happens(trouble);
      return;
    }
    if (chance.share() < 0.45 || !(await this.world.goOn())) await this.#passTime(this.#someMs());
  }

  /**
   * Nothing goes wrong any more, and everything is done. @returns devices that do not hold what was wanted last; the ACS
   * has nothing in flight, and nothing is open in the store
   */
  async heal(): Promise<string[]> {
    this.#troubled = false;
    for (const process of this.#replicas) {
      if (process === null) continue;
      process.frozenUntilMs = process.linkDownUntilMs = 0;
    }
    // What a pass could not give back is its own for a quarter of an hour.
    const endMs = this.world.nowMs + HOUR_MS;
    while (this.world.nowMs < endMs) {
      for (let turns = 0; turns < 500 && (await this.world.goOn()); turns += 1);
      if (this.acs.inFlight === 0 && (await this.#nothingOpen())) break;
      await this.#passTime(this.acs.inFlight > 0 ? 50 : 1_000);
    }
    return [...this.#wanted].flatMap(([id, { value }]) =>
      this.acs.valueOf(id) === value ? [] : [id],
    );
  }

  /** Every process is gone; what one of them still waits for never comes. */
  close(): void {
    for (const process of this.#replicas) if (process !== null) this.world.kill(process);
  }

  async #happens(trouble: Trouble): Promise<void> {
    const { chance, nowMs } = this.world;
    // Half of it hits who last renewed the lease, or stored a pass.
    const at = chance.share() < 0.5 ? this.#servesAt : chance.between(0, REPLICAS - 1);
    const process = this.#replicas[at] ?? null;
    if (trouble === "put") {
      await this.#put(chance.of([...this.#wanted.keys()]));
      return;
    }
    if (process === null) return;
    switch (trouble) {
      case "crash":
        this.world.kill(process);
        this.acs.orphan(process);
        this.#gone(at);
        break;
      case "stop":
        process.stopping.abort();
        break;
      case "freeze":
        this.#freeze(process);
        break;
      case "linkLoss":
        process.linkDownUntilMs = nowMs + chance.between(0, 30_000);
        break;
      case "clockStep":
        if (this.#options.without === "databaseClock") this.#databaseStepMs += HOUR_MS;
        process.wallStepMs += chance.share() < 0.5 ? HOUR_MS : -HOUR_MS;
    }
  }

  #freeze(process: Process): void {
    const { chance, nowMs } = this.world;
    this.counts.freeze += 1;
    // Half of them about as long as a lease and the wait after it.
    const ms = chance.between(0, chance.share() < 0.5 ? 12_000 : 60_000);
    const until = Math.max(process.frozenUntilMs, nowMs + ms);
    if (this.#options.without === "monotonicClock")
      process.bornMs += until - Math.max(process.frozenUntilMs, nowMs);
    process.frozenUntilMs = until;
  }

  #gone(at: number): void {
    this.#replicas[at] = null;
    this.#startsMs[at] = this.world.nowMs + this.world.chance.between(0, 10_000);
  }

  async #put(id: string): Promise<void> {
    const wanted = this.#wanted.get(id);
    if (wanted === undefined) return;
    wanted.value = `v${this.counts.steps}-${this.counts.put}`;
    const credentials = { username: wanted.value, realm: "isp.example" };
    const anyhow = { ifMatch: null, ifNoneMatch: false };
    await this.#tellTime();
    await this.#stores.fleet.putDocument(wanted.key, { credentials }, BILLING, anyhow, {
      dryRun: false,
    });
  }

  #someMs(): number {
    const { chance } = this.world;
    const share = chance.share();
    if (share < 0.7) return chance.between(1, 20);
    if (share < 0.97) return chance.between(20, 150);
    return share < 0.996 ? chance.between(150, 1_500) : chance.between(1_500, 8_000);
  }

  async #passTime(ms: number): Promise<void> {
    this.world.nowMs += ms;
    this.acs.passTime();
    for (const [at, startMs] of this.#startsMs.entries()) {
      if (this.#replicas[at] === null && startMs <= this.world.nowMs) this.#start(at);
    }
    await this.world.settle();
  }

  #start(at: number): void {
    this.#lives += 1;
    const process = new Process(`replica-${at}/${this.#lives}`, this.world.nowMs);
    this.#replicas[at] = process;
    const deps = {
      world: this.world,
      acs: this.acs,
      store: this.#storeOf(process),
      settings: this.#settings,
      looksAtLease: this.#options.without !== "lease",
    };
    void serve(process, deps).then(() => {
      this.#gone(at);
    });
  }

  #storeOf(process: Process): EngineStore {
    return linked(this.#stores.engine, process, this.world, {
      before: () => this.#tellTime(),
      done: () => {
        // Done, and not heard of for long: what comes of that is not left to luck alone.
        if (this.#troubled && this.world.chance.share() < 0.01) this.#freeze(process);
      },
      heard: (result) => {
        if (result === true) this.#servesAt = this.#replicas.indexOf(process);
      },
    });
  }

  async #tellTime(): Promise<void> {
    const nowMs = this.world.nowMs + this.#databaseStepMs;
    if (this.#told === nowMs) return;
    this.#told = nowMs;
    await this.#database.setNow(this.#told);
  }

  async #nothingOpen(): Promise<boolean> {
    await this.#tellTime();
    const { rows } = await this.#database.pool.query<{ open: boolean }>(
      `select exists (select from work where acs = $1 and due_at < 'infinity')
           or exists (select from intents where acs = $1 and verdict is null) as open`,
      [this.#settings.name],
    );
    return rows[0]?.open === false;
  }
}
