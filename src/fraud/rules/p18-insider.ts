/**
 * P18: a person of ours reads or changes credentials without a case. Systems are no persons, and are asked about elsewhere. The finding
 * goes to somebody outside that person's team.
 */
import { logExhibit } from "../evidence.ts";
import type { Service } from "../facts/billing.ts";
import { DAY } from "../facts/instant.ts";
import type { Act } from "../facts/own-log.ts";
import { explains, guard } from "../guards/guard.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";

const THRESHOLDS = { revealsADay: 10, withinMs: DAY };
/** Misuse that somebody who saw the password could have made possible. */
export const AFTER_A_REVEAL: ReadonlySet<string> = new Set(["P01", "P05", "P08"]);

/** A migration of many that two people approved needs many reveals. */
const migration = guard("migration with two approvers", ({ beganAt, lastAt }, view) => {
  const ticket = view.facts.services
    .flatMap(({ tickets }) => tickets)
    .find(
      ({ kind, approvers, fromAt, untilAt }) =>
        kind === "migration" &&
        new Set(approvers).size >= 2 &&
        fromAt <= beganAt &&
        lastAt <= untilAt,
    );
  return ticket === undefined ? null : explains("allowed", "a migration with two approvers");
});

export const insider = rule({
  id: "P18",
  name: "insider",
  sources: ["S5", "S3"],
  severity: "high",
  onByDefault: false,
  version: 1,
  by: ["actor"],
  thresholds: THRESHOLDS,
  guards: [migration],
  find: ({ id: actor }, view, t) => {
    const acts = [...new Map(view.facts.acts.map((act) => [act.key, act])).values()]
      .filter((act) => act.actor === actor && act.person)
      .sort((a, b) => a.at - b.at);
    return [
      ...manyReveals(actor, acts, t),
      ...revealThenMisuse(actor, acts, view, t),
      ...boundAndBack(actor, view, t),
      ...ownFinding(actor, acts, view, t),
    ];
  },
});

const withoutCase = ({ kind, caseId }: Act): boolean => kind === "reveal" && caseId === null;

function manyReveals(
  actor: string,
  acts: readonly Act[],
  t: typeof THRESHOLDS,
): readonly Suspicion[] {
  const reveals = acts.filter(withoutCase);
  for (const [index, first] of reveals.entries()) {
    const within = reveals.slice(index).filter(({ at }) => at <= first.at + t.withinMs);
    const over = within[t.revealsADay];
    if (over !== undefined) {
      return [suspicion(actor, within, "reveals_without_case", "many", over.at, null, null)];
    }
  }
  return [];
}

function revealThenMisuse(
  actor: string,
  acts: readonly Act[],
  view: View,
  t: typeof THRESHOLDS,
): readonly Suspicion[] {
  return acts.filter(withoutCase).flatMap((act) => {
    const misuse = view
      .suspicionsOf(act.credential)
      .filter(
        ({ pattern, beganAt }) =>
          AFTER_A_REVEAL.has(pattern) && beganAt >= act.at && beganAt <= act.at + t.withinMs,
      )
      .sort((a, b) => a.beganAt - b.beganAt)[0];
    if (misuse === undefined) return [];
    const service = view.serviceOf(act.credential);
    return [
      suspicion(
        actor,
        [act],
        "reveal_then_misuse",
        act.credential,
        misuse.beganAt,
        misuse.beganAt,
        service,
      ),
    ];
  });
}

/** Bound to another box and back within a day, by one person. */
function boundAndBack(actor: string, view: View, t: typeof THRESHOLDS): readonly Suspicion[] {
  return view.facts.services.flatMap((service) => {
    const bindings = [...service.bindings].sort((a, b) => a.version - b.version);
    return bindings.flatMap((binding, index) => {
      const [from, back] = [bindings[index - 1], bindings[index + 1]];
      const returned =
        from !== undefined &&
        back !== undefined &&
        from.serial === back.serial &&
        binding.serial !== back.serial &&
        binding.by === actor &&
        back.by === actor &&
        back.fromAt - binding.fromAt <= t.withinMs;
      if (!returned) return [];
      return [
        suspicion(
          actor,
          [],
          "bound_and_back",
          service.credential,
          back.fromAt,
          null,
          service,
          binding.fromAt,
        ),
      ];
    });
  });
}

/** Who swaps a box must not close the finding on it. */
function ownFinding(
  actor: string,
  acts: readonly Act[],
  view: View,
  t: typeof THRESHOLDS,
): readonly Suspicion[] {
  return acts.flatMap((act) => {
    if (act.kind !== "close_finding") return [];
    const swap = acts.find(
      ({ kind, credential, at }) =>
        kind === "swap" && credential === act.credential && Math.abs(act.at - at) <= t.withinMs,
    );
    if (swap === undefined) return [];
    const at = Math.max(act.at, swap.at);
    return [
      suspicion(
        actor,
        [swap, act],
        "closed_own_finding",
        act.credential,
        at,
        at,
        view.serviceOf(act.credential),
      ),
    ];
  });
}

function suspicion(
  actor: string,
  acts: readonly Act[],
  signal: string,
  about: string,
  knownAt: number,
  confirmedAt: number | null,
  service: Service | null,
  beganAt = acts[0]?.at ?? knownAt,
): Suspicion {
  return {
    credential: about === "many" ? null : about,
    service,
    sides: [{ key: `${actor}/${signal}`, mac: null, serial: null, session: null, site: null }],
    members: [],
    severity: "high",
    text: `${signal.replaceAll("_", " ")} by one person`,
    signals: [signal],
    beganAt,
    lastAt: Math.max(knownAt, acts.at(-1)?.at ?? knownAt),
    suspectedAt: knownAt,
    confirmedAt,
    exhibits: () =>
      acts
        .slice(0, 20)
        .map(({ key, kind, credential, caseId, at }) =>
          logExhibit("log", key, at, { kind, actor, credential, caseId }),
        ),
    standsAfter: () => null,
  };
}
