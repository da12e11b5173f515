/** Lets a case happen: changes in the order of their receipt, or any other, each evaluated and reduced as it comes; then time passes. */
import { evaluate, foci, type Change } from "../../../src/fraud/evaluate.ts";
import type { Facts } from "../../../src/fraud/facts/facts.ts";
import { HOUR } from "../../../src/fraud/facts/instant.ts";
import {
  dueAgain,
  NO_FINDINGS,
  reduceFindings,
  standingOf,
  type Ledger,
  type Notice,
} from "../../../src/fraud/findings.ts";
import { PATTERN_IDS } from "../../../src/fraud/rules/pattern.ts";
import { SETTINGS } from "../../../src/fraud/settings.ts";
import { viewOf } from "../../../src/fraud/view-of.ts";
import type { Random } from "./world.ts";

export const ALL_ON = Object.fromEntries(PATTERN_IDS.map((id) => [id, { enabled: true }]));

export interface Step {
  readonly at: number;
  readonly change: Change;
}

/** Services are known when their last order or binding was told: a late ticket is a later version of the service. */
export function stepsOf(facts: Facts): readonly Step[] {
  const steps: Step[] = [
    ...facts.radius.map((fact): Step => ({
      at: fact.event.receivedAt.getTime(),
      change: { kind: "radius", fact },
    })),
    ...facts.sightings.map((sighting): Step => ({
      at: sighting.at,
      change: { kind: "sighting", sighting },
    })),
    ...facts.acts.map((act): Step => ({ at: act.at, change: { kind: "act", act } })),
    ...facts.services.flatMap((service): Step[] => {
      const told = [
        ...service.orders.map(({ recordedAt }) => recordedAt),
        service.end?.recordedAt ?? null,
      ];
      return [0, ...told.flatMap((at) => at ?? [])].map((at) => ({
        at,
        change: { kind: "service", service },
      }));
    }),
  ];
  return steps.sort((a, b) => a.at - b.at);
}

export interface Outcome {
  readonly ledger: Ledger;
  readonly notices: readonly Notice[];
}

/** @param every evaluate at each so manieth step only; what lies between is in the view all the same */
export function run(
  facts: Facts,
  options: { readonly every?: number; readonly restMs?: number; readonly shuffle?: Random } = {},
): Outcome {
  const steps = [...stepsOf(facts)];
  const { every = 1, restMs = 30 * HOUR, shuffle } = options;
  if (shuffle !== undefined) shuffled(steps, shuffle);
  let ledger = NO_FINDINGS;
  const notices: Notice[] = [];
  const known = {
    ...facts,
    radius: [] as Facts["radius"][number][],
    sightings: [] as Facts["sightings"][number][],
    acts: [] as Facts["acts"][number][],
  };
  let now = 0;
  let waiting: Change[] = [];
  const ask = (changes: readonly Change[]): void => {
    const visible =
      shuffle === undefined
        ? upTo({ ...known, pushes: facts.pushes, services: facts.services }, now)
        : known;
    const view = viewOf(visible, now, SETTINGS, standingOf(ledger));
    const asked = changes.flatMap((change) => foci(change, view));
    const once = [...new Map(asked.map((focus) => [`${focus.kind} ${focus.id}`, focus])).values()];
    const evaluations =
      changes.length === 1
        ? changes.map((change) => evaluate(change, view, ALL_ON))
        : [evaluate({ kind: "due", foci: once }, view, ALL_ON)];
    for (const evaluation of evaluations) {
      const reduced = reduceFindings(ledger, evaluation);
      ledger = reduced.ledger;
      notices.push(...reduced.notices);
    }
  };
  for (const [index, { at, change }] of steps.entries()) {
    now = Math.max(now, at);
    if (change.kind === "radius") known.radius.push(change.fact);
    if (change.kind === "sighting") known.sightings.push(change.sighting);
    if (change.kind === "act") known.acts.push(change.act);
    waiting.push(change);
    if ((index + 1) % every === 0 || index === steps.length - 1) {
      ask(waiting);
      waiting = [];
    }
  }
  for (const until = now + restMs; now < until;) {
    now = Math.min(until, now + HOUR);
    const due = dueAgain(ledger, now);
    if (due.foci.length > 0) ask([due]);
  }
  return { ledger, notices };
}

/** What nobody had been told of yet is not there. */
function upTo(facts: Facts, now: number): Facts {
  return {
    ...facts,
    pushes: facts.pushes
      .filter(({ at }) => at <= now)
      .map((push) => ({
        ...push,
        provenAt: push.provenAt !== null && push.provenAt <= now ? push.provenAt : null,
      })),
    services: facts.services.map((service) => ({
      ...service,
      orders: service.orders.filter(({ recordedAt }) => recordedAt <= now),
      end: service.end !== null && service.end.recordedAt <= now ? service.end : null,
    })),
  };
}

export function shuffled<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
