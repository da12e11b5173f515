/**
 * Asks the rules about what a change concerns, and about nothing else: the cost of an event is the size of its neighbourhood. Pure; the
 * caller loads the neighbourhood (`foci` says of what) and stores what comes out in the transaction that stored the change.
 */
import type { Sighting } from "./facts/acs.ts";
import type { Service } from "./facts/billing.ts";
import type { RadiusFact } from "./facts/facts.ts";
import type { Act } from "./facts/own-log.ts";
import { RULES } from "./rules/index.ts";
import { PATTERN_IDS, type PatternId } from "./rules/pattern.ts";
import type { Focus, FocusKind, Thresholds } from "./rules/rule.ts";
import { packetsOf } from "./timeline/packet.ts";
import type { Verdict } from "./verdict.ts";
import type { Suspected, View } from "./view.ts";

/** One thing that came in, or a quiet window or grace time of `foci` that ended. */
export type Change =
  | { readonly kind: "radius"; readonly fact: RadiusFact }
  | { readonly kind: "sighting"; readonly sighting: Sighting }
  | { readonly kind: "service"; readonly service: Service }
  | { readonly kind: "act"; readonly act: Act }
  | { readonly kind: "due"; readonly foci: readonly Focus[] };

export type RulePolicy = Readonly<
  Partial<Record<PatternId, { readonly enabled: boolean; readonly thresholds?: Thresholds }>>
>;

export interface Evaluation {
  readonly verdicts: readonly Verdict[];
  /** `PATTERN KIND ID` of all that was asked: a finding of one of these without a verdict has lost its ground. */
  readonly covered: ReadonlySet<string>;
  /** Facts before it may be missing. */
  readonly windowFromAt: number;
}

function fociOf(change: Exclude<Change, { kind: "due" }>, view: View): readonly Focus[] {
  const focus = (kind: FocusKind, ids: readonly (string | null)[]): readonly Focus[] =>
    ids.flatMap((id) => (id === null ? [] : [{ kind, id }]));
  const spelled = (digest: string | null): string | null =>
    view.serviceOf(digest)?.credential ?? digest;
  switch (change.kind) {
    case "radius": {
      const [packet] = packetsOf([change.fact], view.facts.nases);
      const joined = view.sessions.find((session) =>
        session.packets.some(({ fact }) => fact.event.key === change.fact.event.key),
      );
      const mac = packet?.mac ?? null;
      // A NAS that restarts changes what its sessions prove.
      const restarted = /^nas_/.test(change.fact.event.kind)
        ? view.sessions.filter(({ nas }) => nas === packet?.nas)
        : [];
      return [
        ...focus("credential", [
          joined?.credential ?? spelled(packet?.fact.credential ?? null),
          ...restarted.map(({ credential }) => credential),
        ]),
        ...focus("mac", [mac, ...restarted.map((session) => session.mac)]),
        ...focus("serial", mac === null ? [] : [...view.serialsOfMac(mac)]),
        ...focus("line", packet === undefined ? [] : [`${packet.nas}|${packet.line ?? mac ?? ""}`]),
        ...focus("nas", [packet?.nas ?? null]),
      ];
    }
    case "sighting": {
      const { serial, wanMacs, credential, secrets } = change.sighting;
      const services = view.servicesOfSerial(serial).map((service) => service.credential);
      const carried = wanMacs.flatMap((mac) => [...view.credentialsOfMac(mac)]);
      return [
        ...focus("serial", [serial]),
        ...focus("mac", wanMacs),
        ...focus("credential", [spelled(credential), ...services, ...carried]),
        ...focus(
          "secret",
          secrets.map(({ digest }) => digest),
        ),
      ];
    }
    case "service": {
      const { credential, bindings } = change.service;
      return [
        ...focus("credential", [credential]),
        ...focus(
          "serial",
          bindings.map(({ serial }) => serial),
        ),
        ...focus(
          "mac",
          bindings.flatMap(({ macs }) => macs),
        ),
      ];
    }
    case "act":
      return [
        ...focus("actor", [change.act.actor]),
        ...focus("credential", [change.act.credential]),
      ];
  }
}

/** What a change is about, each thing once. */
export function foci(change: Change, view: View): readonly Focus[] {
  const all = change.kind === "due" ? change.foci : fociOf(change, view);
  return [...new Map(all.map((focus) => [`${focus.kind} ${focus.id}`, focus])).values()];
}

export function isEnabled(pattern: PatternId, policy: RulePolicy): boolean {
  return policy[pattern]?.enabled ?? RULES[pattern].onByDefault;
}

export function evaluate(change: Change, view: View, policy: RulePolicy = {}): Evaluation {
  const asked = foci(change, view);
  const covered = new Set<string>();
  const verdicts = new Map<string, Verdict>();
  const ask = (pattern: PatternId, focus: Focus, seen: View): void => {
    const rule = RULES[pattern];
    if (!isEnabled(pattern, policy) || !rule.by.includes(focus.kind)) return;
    const judged = rule.judge(focus, seen, policy[pattern]?.thresholds);
    for (const verdict of judged) verdicts.set(verdict.key, verdict);
    // No neighbourhood shows the whole of a NAS: that this one shows nothing takes nothing back.
    if (focus.kind === "nas" && judged.length === 0) return;
    covered.add(`${pattern} ${focus.kind} ${focus.id}`);
  };
  for (const focus of asked) {
    for (const pattern of PATTERN_IDS) if (pattern !== "P18") ask(pattern, focus, view);
  }
  // The rule on insiders asks what else was found, this time included, and about whoever touched the credential.
  const found = withFound(view, [...verdicts.values()]);
  const actors = view.facts.acts
    .filter(({ credential }) =>
      asked.some(({ kind, id }) => kind === "credential" && id === credential),
    )
    .map(({ actor }): Focus => ({ kind: "actor", id: actor }));
  for (const focus of [...asked, ...actors]) ask("P18", focus, found);
  return {
    verdicts: [...verdicts.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    covered,
    windowFromAt: view.now - view.settings.retentionMs,
  };
}

function withFound(view: View, verdicts: readonly Verdict[]): View {
  const now = (credential: string): readonly Suspected[] =>
    verdicts
      .filter((one) => one.credential === credential && one.state.kind !== "explained")
      .map(({ pattern, beganAt }) => ({ pattern, beganAt }));
  return {
    ...view,
    suspicionsOf: (credential) => [...view.suspicionsOf(credential), ...now(credential)],
  };
}
