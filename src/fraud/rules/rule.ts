/**
 * The contract of a rule: what it looks at, its thresholds, its guards, and how it finds suspicions around one focus. Guards and quiet
 * windows are applied here, alike for all: a rule never asks for them itself.
 */
import { bindingExhibits, sortExhibits } from "../evidence.ts";
import type { Instant } from "../facts/instant.ts";
import type { Guard } from "../guards/guard.ts";
import type { GuardResult, Severity, Suspicion, Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import type { PatternId } from "./pattern.ts";

/** What a change is about; each rule is asked for the foci of its kind only. */
export const FOCUS_KINDS = [
  "credential",
  "mac",
  "serial",
  "line",
  "nas",
  "secret",
  "actor",
] as const;
export type FocusKind = (typeof FOCUS_KINDS)[number];
/** `line` is `NAS|line`; the others are what they say. */
export interface Focus {
  readonly kind: FocusKind;
  readonly id: string;
}
/** Units are in the names; a share is between 0 and 1. */
export type Thresholds = Readonly<Record<string, number>>;

interface RuleDefinition<T extends Thresholds> {
  readonly id: PatternId;
  readonly name: string;
  /** Sources that it needs, as in the catalogue. */
  readonly sources: readonly ("S1" | "S2" | "S3" | "S4" | "S5")[];
  readonly severity: Severity;
  /** Reports by default; never acts by default. */
  readonly onByDefault: boolean;
  readonly version: number;
  readonly by: readonly FocusKind[];
  readonly thresholds: T;
  readonly guards: readonly Guard[];
  find(focus: Focus, view: View, thresholds: T): readonly Suspicion[];
}

export interface Rule extends Omit<RuleDefinition<Thresholds>, "find"> {
  judge(focus: Focus, view: View, given?: Thresholds): readonly Verdict[];
}

export function rule<T extends Thresholds>(definition: RuleDefinition<T>): Rule {
  return {
    ...definition,
    judge: (focus, view, given = {}) => {
      const found = definition.find(focus, view, { ...definition.thresholds, ...given });
      const verdicts = found.flatMap(
        (suspicion) => settle(definition, focus, suspicion, view) ?? [],
      );
      return [...new Map(verdicts.map((verdict) => [verdict.key, verdict])).values()].sort(
        (a, b) => (a.key < b.key ? -1 : 1),
      );
    },
  };
}

/** @returns null where a person has decided it, and nothing happened since */
function settle(
  { id, version, guards }: Pick<Rule, "id" | "version" | "guards">,
  focus: Focus,
  found: Suspicion,
  view: View,
): Verdict | null {
  const sides = [...new Set(found.sides.map(({ key }) => key))].sort();
  const key = [id, found.credential ?? "", ...sides].join(" ");
  const suspicion = sinceDecision(found, view.decidedAt(key));
  if (suspicion === null) return null;
  const results = guards.map((guard) => guard.ask(suspicion, view));
  const state = stateOf(suspicion, results, view.now);
  return {
    pattern: id,
    key,
    focus: `${focus.kind} ${focus.id}`,
    credential: suspicion.credential,
    serviceRef: suspicion.service?.ref ?? null,
    sides,
    members: [...new Set(suspicion.members)].sort(),
    severity: suspicion.severity,
    state,
    text: suspicion.text,
    signals: [...suspicion.signals].sort(),
    beganAt: suspicion.beganAt,
    lastAt: suspicion.lastAt,
    suspectedAt: suspicion.suspectedAt,
    guards: results,
    exhibits:
      state.kind === "explained"
        ? []
        : sortExhibits([
            ...suspicion.exhibits(),
            ...bindingExhibits(suspicion.service, suspicion.beganAt),
          ]),
    askAgainAt: nextMoment(suspicion, results, view.now),
    ruleVersion: version,
  };
}

function sinceDecision(suspicion: Suspicion, decidedAt: Instant | null): Suspicion | null {
  if (decidedAt === null || suspicion.beganAt > decidedAt) return suspicion;
  const since = suspicion.standsAfter(decidedAt);
  if (since === null) return null;
  return {
    ...suspicion,
    beganAt: decidedAt,
    suspectedAt: Math.max(suspicion.suspectedAt, decidedAt),
    ...since,
  };
}

function nextMoment(
  suspicion: Suspicion,
  results: readonly GuardResult[],
  now: Instant,
): Instant | null {
  const moments = [
    suspicion.askAgainAt ?? null,
    ...results.map(({ effect }) =>
      effect.kind === "quiet" || effect.kind === "weakens" ? effect.untilAt : null,
    ),
  ].flatMap((at) => (at === null || at <= now ? [] : [at]));
  return moments.length === 0 ? null : Math.min(...moments);
}

function stateOf(
  suspicion: Suspicion,
  results: readonly GuardResult[],
  now: Instant,
): Verdict["state"] {
  let { confirmedAt } = suspicion;
  for (const { effect } of results) {
    if (effect.kind === "explains") return { kind: "explained", as: effect.as };
  }
  for (const { effect } of results) {
    if (effect.kind !== "quiet") continue;
    const after = suspicion.standsAfter(effect.untilAt);
    if (after === null) {
      return now < effect.untilAt
        ? { kind: "held", untilAt: effect.untilAt, as: effect.as }
        : { kind: "explained", as: effect.as };
    }
    confirmedAt = after.confirmedAt;
  }
  if (confirmedAt === null || results.some(({ effect }) => effect.kind === "weakens")) {
    return { kind: "suspected" };
  }
  return { kind: "confirmed", at: confirmedAt };
}
