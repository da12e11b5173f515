/**
 * Labelled cases: each kind in several variants from a seed. Rules and cases have one author here, so the figures are a floor to keep and
 * no proof; a set by another author is held against the rules apart from this one.
 */
import { describe, expect, it } from "vitest";
import type { Facts } from "../../../src/fraud/facts/facts.ts";
import type { Finding } from "../../../src/fraud/findings.ts";
import { HONEST } from "../../support/fraud/honest.ts";
import { MISUSE } from "../../support/fraud/misuse.ts";
import { run } from "../../support/fraud/run.ts";
import { World } from "../../support/fraud/world.ts";

const VARIANTS = Number(process.env["FRAUD_VARIANTS"] ?? 3);
/** Steps between two evaluations: forty of them in the first variant, six in the others. */
const every = (facts: Facts, variant: number): number =>
  Math.max(1, Math.ceil((facts.radius.length + facts.sightings.length) / (variant === 0 ? 40 : 6)));

function played(build: (w: World) => void, seed: number, variant: number) {
  const world = new World(seed);
  build(world);
  return run(world.facts, { every: every(world.facts, variant) });
}

const variants = Array.from({ length: VARIANTS }, (_, variant) => variant);
const minutes = (finding: Finding): number =>
  finding.state.kind === "confirmed"
    ? (Date.parse(finding.state.at) - Date.parse(finding.evidence.firstAt)) / 60_000
    : Number.NaN;

const score = { found: 0, proven: 0, toProve: 0, misuse: 0, accused: 0, suspected: 0, honest: 0 };
const delays = new Map<string, number[]>();

describe("misuse is found", () => {
  it.for(MISUSE.map((one, index) => ({ ...one, index })))(
    "$pattern: $name",
    ({ pattern, proven, build, index }) => {
      const missed: string[] = [];
      for (const variant of variants) {
        const { ledger } = played(build, index * 1_000 + variant, variant);
        const found = [...ledger.open.values()].filter((one) => one.pattern === pattern);
        const confirmed = found.filter(({ state }) => state.kind === "confirmed");
        score.misuse += 1;
        score.toProve += proven ? 1 : 0;
        score.found += found.length > 0 ? 1 : 0;
        score.proven += proven && confirmed.length > 0 ? 1 : 0;
        delays.set(pattern, [...(delays.get(pattern) ?? []), ...confirmed.map(minutes)]);
        if (found.length === 0 || (proven && confirmed.length === 0)) {
          missed.push(
            `${variant}: ${JSON.stringify([...ledger.open.values(), ...ledger.closed].map((one) => [one.key, one.state, one.evidence.guards.filter(({ effect }) => effect.kind !== "none")]))}`,
          );
        }
      }
      expect(missed.length / VARIANTS, missed.join("\n")).toBeLessThanOrEqual(0.2);
    },
  );
});

describe("nobody honest is accused", () => {
  it.for(HONEST.map((one, index) => ({ ...one, index })))("$name", ({ build, index }) => {
    const accused: string[] = [];
    for (const variant of variants) {
      const { notices } = played(build, 500_000 + index * 1_000 + variant, variant);
      const confirmed = notices.flatMap((one) => (one.kind === "confirmed" ? one.finding : []));
      score.honest += 1;
      score.accused += confirmed.length > 0 ? 1 : 0;
      score.suspected += notices.some(({ kind }) => kind === "suspected") ? 1 : 0;
      if (confirmed.length > 0)
        accused.push(
          `${variant}: ${confirmed.map(({ key, text, evidence }) => `${key} ${text} ${evidence.signals.join()}`).join("; ")}`,
        );
    }
    expect(accused).toEqual([]);
  });
});

describe("the whole set", () => {
  it("is found to 98 % and accuses half a per cent at most", () => {
    const share = (part: number, of: number): string => `${((100 * part) / of).toFixed(1)} %`;
    const recall = score.found / score.misuse;
    const precision = score.proven / (score.proven + score.accused);
    process.stdout.write(
      `fraud/labelled: ${score.misuse} misuse, ${score.honest} honest; recall ${share(score.found, score.misuse)} (target 98), ` +
        `confirmed ${share(score.proven, score.toProve)} of those that can be proven, precision of what is confirmed ${share(precision, 1)}, ` +
        `honest confirmed ${share(score.accused, score.honest)} (target 0.5), honest suspected ${share(score.suspected, score.honest)}` +
        "\n",
    );
    const shown = [...delays].sort().map(([pattern, all]) => {
      const sorted = all.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b);
      const at = (q: number): string =>
        (sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN).toFixed(0);
      return sorted.length === 0
        ? `${pattern} suspected only`
        : `${pattern} ${at(0.5)}/${at(0.95)}`;
    });
    process.stdout.write(
      `fraud/delay: minutes from the beginning to the proof, p50/p95 (simulated): ${shown.join(", ")}` +
        "\n",
    );
    expect(recall).toBeGreaterThanOrEqual(0.98);
    expect(score.proven / score.toProve).toBeGreaterThanOrEqual(0.98);
    expect(score.accused / score.honest).toBeLessThanOrEqual(0.005);
  });
});
