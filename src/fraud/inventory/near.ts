/** By which names the inventory is asked about a neighbourhood: those that its packets, services and boxes go by. */
import type { Sighting } from "../facts/acs.ts";
import type { Service } from "../facts/billing.ts";
import type { RadiusFact } from "../facts/facts.ts";
import type { Instant } from "../facts/instant.ts";
import type { Nas } from "../facts/network.ts";
import { nasNames } from "../timeline/packet.ts";
import type { Near } from "./kind.ts";

export interface Neighbourhood {
  readonly radius: readonly RadiusFact[];
  readonly sightings: readonly Sighting[];
  readonly services: readonly Service[];
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

/** What its packets call their NASes. */
export function nasesNamed(radius: readonly RadiusFact[]): readonly string[] {
  return unique(
    radius.flatMap(({ event: { nas } }) =>
      [nas.name, nas.claimedAddress].flatMap((name) => name ?? []),
    ),
  );
}

export function nearOf(
  { radius, sightings, services }: Neighbourhood,
  nases: readonly Nas[],
  now: Instant,
): Near {
  const nameOf = nasNames(nases);
  const named = (nas: string): string =>
    nameOf({ name: nas, claimedAddress: null, sourceAddress: null });
  const spellings = new Map(nases.map(({ name, aliases }) => [name, [name, ...aliases]]));
  const lines = new Map<string, { readonly nas: string; readonly line: string }>();
  for (const { event } of radius) {
    const line = event.line.circuitId ?? event.line.portId;
    if (line === null) continue;
    // An inventory of lines may know the NAS by another of its names than its packets do.
    const nas = nameOf(event.nas);
    for (const name of spellings.get(nas) ?? [nas])
      lines.set(`${name}|${line}`, { nas: name, line });
  }
  const devices = unique([
    ...services.flatMap(({ bindings }) => bindings.map(({ serial }) => serial)),
    ...sightings.map(({ serial }) => serial),
  ]);
  return {
    ...{ now, nases, named, devices },
    nasNames: unique([...nasesNamed(radius), ...[...spellings.values()].flat()]),
    lines: [...lines.values()],
    stations: unique(radius.flatMap(({ event }) => event.line.baseStation ?? [])),
    services: unique(services.map(({ ref }) => ref)),
    sites: unique(services.flatMap(({ site }) => site ?? [])),
  };
}
