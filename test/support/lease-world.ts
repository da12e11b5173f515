/**
 * Time, chance and processes of the lease model. Each place at which a process waits is a turn, and the world picks whose
 * turn it is: so a process can be frozen, killed or cut off between any two of its awaits. Nothing here waits for real time,
 * and all of it follows from the seed.
 */
import type { Clock } from "../../src/lib/time.ts";

/** mulberry32: small, and the same on every machine. */
export class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  /** In [0, 1). */
  share(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
  /** A whole number of `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.share() * (to - from + 1));
  }
  of<T>(list: readonly T[]): T {
    const one = list[Math.floor(this.share() * list.length)];
    if (one === undefined) throw new Error("nothing to draw from");
    return one;
  }
}

/** One life of a process. What it waits for is lost when it dies. */
export class Process {
  readonly name: string;
  /** When its monotonic clock was at nought. */
  bornMs: number;
  readonly stopping = new AbortController();
  alive = true;
  frozenUntilMs = 0;
  linkDownUntilMs = 0;
  /** By how much its wall clock is wrong. */
  wallStepMs = 0;
  constructor(name: string, bornMs: number) {
    this.name = name;
    this.bornMs = bornMs;
  }
}

interface Turn {
  readonly process: Process;
  readonly ready: () => boolean;
  readonly go: () => void;
}

export class World {
  readonly chance: Chance;
  nowMs: number;
  #turns: Turn[] = [];
  /** Statements under way: the next step waits for them, so that no two run at once and a seed tells the same story. */
  #running = 0;
  #idle: () => void = () => undefined;

  constructor(seed: number, nowMs: number) {
    this.chance = new Chance(seed);
    this.nowMs = nowMs;
  }

  /** Resolves when the world picks it; never, when the process dies before. */
  turn(process: Process, ready: () => boolean = () => true): Promise<void> {
    return new Promise((resolve) => {
      if (process.alive) this.#turns.push({ process, ready, go: resolve });
    });
  }

  /** What the machine and not the process does; the world stands still meanwhile. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle();
    }
  }

  /** One process goes on by one await. False when none can. */
  async goOn(): Promise<boolean> {
    const able = this.#turns.filter(
      ({ process, ready }) => process.frozenUntilMs <= this.nowMs && ready(),
    );
    if (able.length === 0) return false;
    const turn = this.chance.of(able);
    this.#turns.splice(this.#turns.indexOf(turn), 1);
    turn.go();
    await this.settle();
    return true;
  }

  kill(process: Process): void {
    process.alive = false;
    this.#turns = this.#turns.filter((turn) => turn.process !== process);
  }

  async settle(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#running > 0) {
      await new Promise<void>((resolve) => (this.#idle = resolve));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** A process's own clock: it goes on while the process is frozen, and only its wall time can be stepped. */
  clockOf(process: Process): Clock {
    return {
      now: () => new Date(this.nowMs + process.wallStepMs),
      monotonicMs: () => this.nowMs - process.bornMs,
      sleep: async (ms, signal) => {
        const untilMs = this.nowMs + ms;
        await this.turn(process, () => this.nowMs >= untilMs || signal?.aborted === true);
      },
    };
  }
}
