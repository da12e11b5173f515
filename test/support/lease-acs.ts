/**
 * The ACS of the lease model: it counts what it has in flight, holds a value for each device, and remembers what was asked
 * in which order. A call goes on here whatever becomes of the process that made it.
 */
import type { Exchange, ExchangeResult, NotSent, Transport } from "../../src/ports/acs.ts";
import type { Process, World } from "./lease-world.ts";

/** The body of an exchange. */
export type Question =
  { readonly kind: "read" } | { readonly kind: "write"; readonly value: string };

interface Call {
  readonly process: Process;
  readonly device: string;
  readonly question: Question;
  readonly startMs: number;
  endMs: number;
  /** Its answer never comes: the caller waits for its deadline. */
  readonly lost: boolean;
  /** What a read found. */
  found: string;
  over: boolean;
}

/** What it has seen of one device since the last write to it. */
interface Seen {
  value: string;
  writtenMs: number | null;
  readSince: boolean;
}

export class ModelAcs {
  readonly deadlineMs: number;
  readonly #world: World;
  readonly #devices = new Map<string, Seen>();
  #calls: Call[] = [];
  mostInFlight = 0;
  calls = 0;
  writes = 0;
  lost = 0;
  /** Devices that got a write while no read had followed the one before. */
  readonly blindWrites: string[] = [];

  constructor(world: World, deadlineMs: number) {
    this.#world = world;
    this.deadlineMs = deadlineMs;
  }

  get inFlight(): number {
    return this.#calls.length;
  }

  valueOf(device: string): string {
    return this.#seen(device).value;
  }

  /** Ends what is due; between two steps of the world. */
  passTime(): void {
    const due = this.#calls.filter(({ endMs }) => endMs <= this.#world.nowMs);
    for (const call of due.sort((a, b) => a.endMs - b.endMs)) this.#end(call);
    if (due.length > 0) this.#calls = this.#calls.filter(({ over }) => !over);
  }

  /**
   * Its process has died. Nobody waits for the answer, and nobody knows how long the ACS goes on with the question: up to
   * one deadline longer, which is what who takes over waits for.
   */
  orphan(process: Process): void {
    const { chance } = this.#world;
    for (const call of this.#calls) {
      if (call.process === process && chance.share() < 0.5)
        call.endMs = call.startMs + this.deadlineMs + chance.between(0, this.deadlineMs);
    }
  }

  /** As `acs/http.ts` is: connects, asks `admit` in the tick that sends, and waits for the answer or the deadline. */
  transportOf(process: Process, admit: () => NotSent | undefined): Transport {
    return async (exchange) => {
      await this.#world.turn(process);
      const held = admit();
      if (held !== undefined) return held;
      const sentAt = new Date(this.#world.nowMs);
      const call = this.#begin(process, exchange);
      await this.#world.turn(process, () => call.over);
      if (call.lost) return { kind: "no_answer", fault: "timeout", sent: true, detail: "" };
      return { ...ANSWER, body: call.found, sentAt };
    };
  }

  #begin(process: Process, exchange: Exchange): Call {
    const { chance, nowMs } = this.#world;
    const lost = chance.share() < 0.05;
    const slow = chance.share() < 0.08;
    const tookMs = lost ? this.deadlineMs : chance.between(10, slow ? this.deadlineMs : 100);
    const call: Call = {
      process,
      device: exchange.deviceId,
      question: JSON.parse(exchange.body) as Question,
      startMs: nowMs,
      endMs: nowMs + tookMs,
      lost,
      found: this.valueOf(exchange.deviceId),
      over: false,
    };
    this.#calls.push(call);
    this.calls += 1;
    if (lost) this.lost += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#calls.length);
    if (call.question.kind === "write") this.#noteWrite(call);
    return call;
  }

  #noteWrite({ device, startMs }: Call): void {
    const seen = this.#seen(device);
    if (seen.writtenMs !== null && !seen.readSince) this.blindWrites.push(device);
    seen.writtenMs = startMs;
    seen.readSince = false;
    this.writes += 1;
  }

  /** A write takes effect at the very end, the latest that it can; of those without an answer, half never do. */
  #end(call: Call): void {
    const { chance } = this.#world;
    const seen = this.#seen(call.device);
    call.over = true;
    if (call.question.kind === "write") {
      if (!call.lost || chance.share() < 0.5) seen.value = call.question.value;
      // A read counts only if it began after the ACS was done with the write.
      seen.writtenMs = call.endMs;
      seen.readSince = false;
      return;
    }
    if (seen.writtenMs !== null && call.startMs >= seen.writtenMs && !call.lost)
      seen.readSince = true;
  }

  #seen(device: string): Seen {
    const seen = this.#devices.get(device) ?? { value: "", writtenMs: null, readSince: false };
    this.#devices.set(device, seen);
    return seen;
  }
}

const ANSWER: Omit<Extract<ExchangeResult, { kind: "answer" }>, "body" | "sentAt"> = {
  kind: "answer",
  status: 200,
  phrase: "OK",
  contentType: "text/plain",
};
