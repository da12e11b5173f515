/** Time as an argument: the clock comes in from `app/wire.ts`, so that a test never sleeps to make something happen. */
export interface Clock {
  /** Wall time of this process. Never decides an order of events: only the database's clock does. */
  now(): Date;
  /** Milliseconds that only grow; for deadlines and measured durations. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

/** Reads `90s`, `15m`, `24h`, `250ms`, `2d`, or several together (`1h30m`). Undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * UNITS[unit as Unit];
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/** The shortest exact spelling: 90000 is `90s`, 86400000 is `1d`, 0 is `0s`. */
export function printDuration(ms: number): string {
  if (ms === 0) return "0s";
  for (const unit of ["d", "h", "m", "s"] as const) {
    if (ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`;
  }
  return `${Math.round(ms)}ms`;
}

/** How a person says it: `3 s`, `18 min`, `6 h`, `9 d`. Rounded down. */
export function printAge(ms: number): string {
  if (ms < 0) return "now";
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.floor(ms / 3_600_000)} h`;
  return `${Math.floor(ms / 86_400_000)} d`;
}

/**
 * Exponential backoff. `jitter` in [0, 1) comes from the caller, so that the result is a function of its arguments.
 * @returns ms between half and the whole of min(cap, base * 2^attempt)
 */
export function backoffMs(attempt: number, baseMs: number, capMs: number, jitter: number): number {
  const whole = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(whole / 2 + (whole / 2) * jitter);
}
