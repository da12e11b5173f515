/** P05: the credential in a router that is not the bound CPE, often the customer's own. */
import { bindingAt, type Binding, type Service } from "../facts/billing.ts";
import { MINUTE } from "../facts/instant.ts";
import { sightingExhibit } from "../evidence.ts";
import { crossed, nextMac, sameBox, sharedMac, sharedOnPurpose } from "../guards/boxes.ts";
import { oneSession } from "../guards/same-session.ts";
import { bench, bridged, soldSessions } from "../guards/places.ts";
import { firmwareRollout, lateTicket, modemTest, outage, swapBooked } from "../guards/windows.ts";
import { overlap } from "../timeline/overlap.ts";
import type { Session } from "../timeline/session.ts";
import type { Suspicion } from "../verdict.ts";
import type { View } from "../view.ts";
import { rule } from "./rule.ts";
import { allAfter, boundSide, sessionExhibits, sideOf, useOf } from "./use.ts";

const THRESHOLDS = { interims: 2, leastMs: 10 * MINUTE };

export const foreignDevice = rule({
  id: "P05",
  name: "foreign-device",
  sources: ["S1", "S2"],
  severity: "medium",
  onByDefault: true,
  version: 1,
  by: ["credential"],
  thresholds: THRESHOLDS,
  guards: [
    sameBox,
    nextMac,
    sharedMac,
    sharedOnPurpose,
    bridged,
    soldSessions,
    bench,
    modemTest,
    crossed,
    swapBooked,
    firmwareRollout,
    outage,
    lateTicket,
  ],
  find: ({ id }, view, t) => {
    const service = view.serviceOf(id);
    return service === null ? [] : ofService(service, view, t);
  },
});

function ofService(service: Service, view: View, t: typeof THRESHOLDS): readonly Suspicion[] {
  const foreign = new Map<string, { binding: Binding; sessions: Session[] }>();
  const sessions = view.sessionsOf(service.credential);
  const owned = sessions.filter(({ mac, startAt }) => {
    const binding = bindingAt(service, startAt);
    return mac !== null && binding !== null && isOwn(mac, binding, view);
  });
  for (const session of sessions) {
    const binding = bindingAt(service, session.startAt);
    if (binding === null || session.mac === null || isOwn(session.mac, binding, view)) continue;
    // A second link of the bound box, under one multi session id, has a MAC of its own.
    if (owned.some((other) => oneSession(other, session, view) !== null)) continue;
    const key = `${binding.serial} ${session.mac}`;
    const known = foreign.get(key);
    if (known === undefined) foreign.set(key, { binding, sessions: [session] });
    else known.sessions.push(session);
  }
  return [...foreign.values()].flatMap(
    (one) => suspect(service, one.binding, one.sessions, view, t) ?? [],
  );
}

/** Bound, or shown by the bound box at any time, before or after. Where neither tells a MAC, nothing can be foreign. */
function isOwn(mac: string, binding: Binding, view: View): boolean {
  const shown = view.sightingsOf(binding.serial).flatMap(({ wanMacs }) => wanMacs);
  const own = new Set([...binding.macs, ...shown]);
  return own.size === 0 || own.has(mac);
}

function suspect(
  service: Service,
  binding: Binding,
  sessions: readonly Session[],
  view: View,
  { interims, leastMs }: typeof THRESHOLDS,
): Suspicion | null {
  const least = { proofs: interims, ms: leastMs, both: false };
  const [first] = sessions;
  const use = useOf(sessions);
  const enoughAt = use?.reached(least) ?? null;
  if (first === undefined || use === null || enoughAt === null) return null;

  const { silentMs } = view.settings;
  const seen = view.sightingsOf(binding.serial).filter(({ live }) => live);
  const since = seen.filter(({ at }) => at > use.beganAt);
  const throughIt = since.find(
    ({ sourceAddress }) =>
      sourceAddress !== null && sessions.some((session) => session.framedAddress === sourceAddress),
  );
  if (throughIt !== undefined) return null;

  const { site } = view.placeOf(first);
  const wrongLine = site !== null && service.site !== null && site !== service.site;
  const elsewhere = since.find(
    ({ sourceSite }) => sourceSite !== null && site !== null && sourceSite !== site,
  );
  const ownSessions = binding.macs.flatMap((mac) => view.sessionsOfMac(mac));
  const beside = ownSessions
    .flatMap((own) => sessions.flatMap((session) => overlap(own, session, view.settings) ?? []))
    .sort((a, b) => a.knownAt - b.knownAt)[0];
  const silentFrom = use.beganAt + silentMs;
  const silent =
    seen.length > 0 &&
    since.every(({ at }) => at > silentFrom) &&
    view.now >= silentFrom &&
    use.lastAt >= silentFrom;
  const other = first.mac === null ? undefined : [...view.serialsOfMac(first.mac)][0];

  const grounds: [string, number | null][] = [
    ["line_of_another_site", wrongLine ? enoughAt : null],
    ["bound_cpe_elsewhere", elsewhere?.at ?? beside?.knownAt ?? null],
    ["bound_cpe_silent", silent ? silentFrom : null],
    ["mac_of_another_serial", other === undefined ? null : enoughAt],
  ];
  const given = grounds.flatMap(([name, at]) => (at === null ? [] : [{ name, at }]));
  const second = given.length === 0 ? null : Math.min(...given.map(({ at }) => at));
  return {
    credential: service.credential,
    service,
    sides: [boundSide(binding.serial), sideOf(first, view)],
    members: [],
    severity: wrongLine ? "high" : "medium",
    text: wrongLine
      ? `${first.mac ?? ""} uses ${service.ref} at another site`
      : `own router? ${first.mac ?? ""} uses ${service.ref}`,
    signals: ["mac_not_bound", ...given.map(({ name }) => name)],
    beganAt: use.beganAt,
    lastAt: use.lastAt,
    suspectedAt: enoughAt,
    confirmedAt:
      second === null ? null : Math.max(enoughAt, second, use.beganAt + view.settings.lateTicketMs),
    exhibits: () => [
      ...sessionExhibits(sessions, use.beganAt),
      ...seen.slice(-3).map(sightingExhibit),
    ],
    askAgainAt: seen.length > 0 && use.lastAt >= silentFrom - silentMs / 2 ? silentFrom : null,
    standsAfter: (at) => {
      const later = useOf(allAfter(sessions, at));
      const reached = later?.reached(least) ?? null;
      const now = bindingAt(service, at);
      if (reached === null || now === null) return null;
      if (sessions.some(({ mac }) => mac !== null && isOwn(mac, now, view))) return null;
      return { confirmedAt: second === null ? null : Math.max(reached, second) };
    },
  };
}
