/** Makes a view of facts: folds the packets once, and keeps what the rules ask for by key. */
import { grouped } from "../lib/grouped.ts";
import type { Sighting } from "./facts/acs.ts";
import type { Digest, Mac, Serial, Service } from "./facts/billing.ts";
import type { Facts } from "./facts/facts.ts";
import type { Instant } from "./facts/instant.ts";
import { SETTINGS, type Settings } from "./settings.ts";
import { joinCredentials } from "./timeline/join.ts";
import { clockOffsets, nasNames, packetsOf } from "./timeline/packet.ts";
import { foldSessions } from "./timeline/session.ts";
import { NOTHING_STANDS, type Standing, type View } from "./view.ts";

export function viewOf(
  given: Facts,
  now: Instant,
  settings: Settings = SETTINGS,
  standing: Standing = NOTHING_STANDS,
): View {
  const facts = spelledAlike(given);
  const packets = packetsOf(facts.radius, facts.nases);
  const fold = foldSessions(packets, clockOffsets(packets));
  const sessions = joinCredentials(fold.sessions, packets);
  const nameOf = nasNames(facts.nases);
  const named = (nas: string): string =>
    nameOf({ name: nas, claimedAddress: null, sourceAddress: null });

  const byCredential = grouped(sessions, ({ credential }) => credential);
  const byMac = grouped(sessions, ({ mac }) => mac);
  const lines = new Map(facts.lines.map((line) => [`${named(line.nas)}|${line.line}`, line]));
  const sites = new Map(facts.sites.map((site) => [site.name, site]));
  const nases = new Map(facts.nases.map((nas) => [nas.name, nas]));
  const stock = new Map(facts.stock.map((record) => [record.serial, record]));
  const services = new Map<Digest, Service>();
  for (const service of facts.services) {
    for (const digest of service.aliases) services.set(digest, service);
  }
  // One name given out again: the service in force before the one that ended.
  for (const service of [...facts.services].sort(
    (a, b) => Number(a.end === null) - Number(b.end === null),
  )) {
    services.set(service.credential, service);
  }

  const sightings = grouped(orderedSightings(facts.sightings), ({ serial }) => serial);
  const boxes = new Map<Mac, Set<Serial>>();
  for (const { wanMacs, serial } of facts.sightings) {
    for (const mac of wanMacs) boxes.set(mac, (boxes.get(mac) ?? new Set()).add(serial));
  }
  const bound = facts.services.flatMap((service) =>
    service.bindings.map((binding) => ({ service, binding })),
  );
  const servicesWith = (fits: (one: (typeof bound)[number]) => boolean): readonly Service[] => [
    ...new Set(bound.filter(fits).map(({ service }) => service)),
  ];
  const serialsOfMac = (mac: Mac): ReadonlySet<Serial> => boxes.get(mac) ?? new Set();

  return {
    now,
    settings,
    facts,
    packets,
    impossible: fold.impossible,
    sessions,
    sessionsOf: (credential) => byCredential.get(credential) ?? [],
    sessionsOfMac: (mac) => byMac.get(mac) ?? [],
    placeOf: ({ nas, line }) => lines.get(`${nas}|${line ?? ""}`) ?? { site: null, bench: false },
    site: (name) => (name === null ? null : (sites.get(name) ?? null)),
    nas: (name) => nases.get(name) ?? null,
    serviceOf: (credential) => (credential === null ? null : (services.get(credential) ?? null)),
    servicesOfSerial: (serial) => servicesWith(({ binding }) => binding.serial === serial),
    servicesOfMac: (mac) => servicesWith(({ binding }) => binding.macs.includes(mac)),
    sightingsOf: (serial) => sightings.get(serial) ?? [],
    serialsOfMac,
    credentialsOfMac: (mac) =>
      new Set((byMac.get(mac) ?? []).flatMap(({ credential }) => credential ?? [])),
    isOneBox: (a, b) =>
      a === b ||
      [...serialsOfMac(a)].some((serial) => serialsOfMac(b).has(serial)) ||
      bound.some(
        ({ binding }) =>
          (binding.macs.includes(a) || serialsOfMac(a).has(binding.serial)) &&
          (binding.macs.includes(b) || serialsOfMac(b).has(binding.serial)),
      ),
    stockOf: (serial) => stock.get(serial) ?? null,
    listed: (digest) => facts.listed.filter((listed) => listed.digest === digest),
    suspicionsOf: (credential) => standing.suspicions.get(credential) ?? [],
    decidedAt: (key) => standing.decidedAt.get(key) ?? null,
  };
}

/** Every spelling of a credential under its one digest, so that no rule has to know of spellings. */
function spelledAlike(facts: Facts): Facts {
  const digests = new Map<Digest, Digest>();
  for (const { credential, aliases } of facts.services) {
    for (const alias of aliases) digests.set(alias, credential);
  }
  if (digests.size === 0) return facts;
  const spelled = (digest: Digest | null): Digest | null =>
    digest === null ? null : (digests.get(digest) ?? digest);
  return {
    ...facts,
    radius: facts.radius.map((fact) => ({ ...fact, credential: spelled(fact.credential) })),
    sightings: facts.sightings.map((one) => ({ ...one, credential: spelled(one.credential) })),
  };
}

function orderedSightings(sightings: readonly Sighting[]): Sighting[] {
  const once = new Map(sightings.map((sighting) => [sighting.key, sighting]));
  return [...once.values()].sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}
