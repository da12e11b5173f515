/** One figure of a benchmark, always beside what it is compared with in the same run. */
export interface Figure {
  /** `area/what`; areas as in the design: mapping, acs, gate, engine, store, api, radius. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Null where the figure is a yardstick or has no promise. */
  readonly target: number | null;
  readonly comparedWith: string;
  readonly ok: boolean;
}

export function figure(
  name: string,
  value: number,
  unit: string,
  comparedWith: string,
  target: number | null = null,
  atMost = true,
): Figure {
  const rounded = Math.round(value * 1_000) / 1_000;
  const ok = target === null || (atMost ? value <= target : value >= target);
  return { name, value: rounded, unit, target, comparedWith, ok };
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Milliseconds of each of `count` rounds, one after another. */
export async function timed(
  count: number,
  work: (round: number) => Promise<unknown>,
): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const begun = performance.now();
    await work(round);
    took.push(performance.now() - begun);
  }
  return took;
}

/** Three figures, `-p50`, `-p95` and `-p99`; a promise is about the p99. */
export function spreadOf(
  name: string,
  tookMs: readonly number[],
  comparedWith: string,
  target: number | null = null,
): Figure[] {
  return [
    figure(`${name}-p50`, percentile(tookMs, 0.5), "ms", comparedWith),
    figure(`${name}-p95`, percentile(tookMs, 0.95), "ms", comparedWith),
    figure(`${name}-p99`, percentile(tookMs, 0.99), "ms", comparedWith, target),
  ];
}

/** For the yardstick in `comparedWith`: p50 / p99. */
export function shortly(tookMs: readonly number[]): string {
  return `${percentile(tookMs, 0.5).toFixed(2)} / ${percentile(tookMs, 0.99).toFixed(2)} ms`;
}
