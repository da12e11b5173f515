/** Log lines: their two forms, and a way out that never waits for whoever reads them. */
import { write, writeSync } from "node:fs";
import type { Facts, LogLevel } from "../ports/telemetry.ts";

export interface Line {
  readonly at: Date;
  readonly level: LogLevel;
  readonly message: string;
  /** Redacted already. */
  readonly facts: Readonly<Record<string, unknown>>;
}

const OWN = new Set(["at", "level", "message"]);

/** One JSON object; a fact with one of our own names gets an underscore behind it. */
export function jsonLine({ at, level, message, facts }: Line): string {
  const rest = Object.entries(facts).map(([key, value]) => [OWN.has(key) ? `${key}_` : key, value]);
  const members: unknown = Object.fromEntries(rest);
  return JSON.stringify({ at: at.toISOString(), level, message, ...(members as Facts) });
}

/**
 * For people: `12:04:05 warn  message  device=… acs=…`, and a stack below it. What a CPE said of itself may hold control
 * characters; they are shown and not obeyed.
 */
export function terminalLine({ at, level, message, facts }: Line): string {
  const { stack, ...rest } = facts;
  const pairs = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === "string" ? quoted(value) : JSON.stringify(value)}`,
    );
  const head = `${at.toISOString().slice(11, 19)} ${level.padEnd(5)} ${message}`;
  const below = typeof stack === "string" ? stack.split("\n").slice(1) : [];
  return [[head, ...pairs].join("  "), ...below].map(visible).join("\n");
}

function visible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function quoted(value: string): string {
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

export interface LogSink {
  /** Without the line break. Returns at once. */
  write(line: string): void;
  /** Lines that were given up because nobody read them. */
  readonly dropped: number;
  /** Resolves when everything is out, or after a second. */
  flush(): Promise<void>;
}

const MAX_WAITING = 4 * 1024 * 1024;
const RETRY_MS = 20;
const FLUSH_MS = 1_000;

/**
 * Writes to a file descriptor from a bounded queue. `process.stderr` would wait when it is a pipe that nobody reads, and
 * with it the whole controller; here the newest lines are dropped and counted instead.
 */
export class DescriptorSink implements LogSink {
  readonly #descriptor: number;
  #waiting: string[] = [];
  /** UTF-16 units in `#waiting`. */
  #size = 0;
  #writing = false;
  #dropped = 0;
  #toReport = 0;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    if (this.#closed || this.#size + line.length > MAX_WAITING) {
      this.#dropped += 1;
      this.#toReport += 1;
      return;
    }
    this.#waiting.push(`${line}\n`);
    this.#size += line.length + 1;
    if (!this.#writing) this.#next();
  }

  async flush(): Promise<void> {
    if (!this.#writing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, FLUSH_MS);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** What is left, at once; only while the process ends. */
  drain(): void {
    try {
      writeSync(this.#descriptor, this.#waiting.join(""));
    } catch {
      // Nobody reads; there is no one left to tell.
    }
    this.#waiting = [];
  }

  #next(): void {
    if (this.#toReport > 0 && this.#size < MAX_WAITING / 2) {
      this.#waiting.push(`${this.#toReport} log lines were dropped: nobody read them in time\n`);
      this.#toReport = 0;
    }
    this.#writing = this.#waiting.length > 0;
    if (!this.#writing) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const bytes = Buffer.from(this.#waiting.join(""));
    this.#waiting = [];
    this.#size = 0;
    this.#send(bytes);
  }

  #send(bytes: Buffer): void {
    write(this.#descriptor, bytes, 0, bytes.length, null, (error, written) => {
      if (error?.code === "EAGAIN") {
        setTimeout(() => {
          this.#send(bytes);
        }, RETRY_MS);
      } else if (error !== null) {
        this.#closed = true;
        this.#next();
      } else if (written < bytes.length) this.#send(bytes.subarray(written));
      else this.#next();
    });
  }
}
