/** Which boxes hold a credential or a secret now, by what they showed last. */
import { bootedAt, type Sighting } from "../facts/acs.ts";
import type { Digest, Serial } from "../facts/billing.ts";
import { MINUTE } from "../facts/instant.ts";
import type { View } from "../view.ts";

export interface Holder {
  readonly serial: Serial;
  /** The first and the last sighting of it since another value was seen. */
  readonly first: Sighting;
  readonly last: Sighting;
}

function holders(
  view: View,
  tells: (sighting: Sighting) => boolean,
  shows: (sighting: Sighting) => boolean,
): readonly Holder[] {
  const serials = [...new Set(view.facts.sightings.map(({ serial }) => serial))].sort();
  const found = serials.flatMap((serial): Holder[] => {
    const told = view.sightingsOf(serial).filter(tells);
    const last = told.at(-1);
    if (last === undefined || !shows(last) || isPutAway(serial, last, view)) return [];
    const other = told.findLastIndex((sighting) => !shows(sighting));
    return [{ serial, first: told[other + 1] ?? last, last }];
  });
  return withoutRenames(found);
}

/** A box in stock, returned or written off: what the ACS remembers of it is no use. Should it speak again, that is P16. */
function isPutAway(serial: Serial, last: Sighting, view: View): boolean {
  const record = view.stockOf(serial);
  if (record === null || record.state === "in_service") return false;
  return (
    last.at <= record.since ||
    !last.live ||
    record.state === "in_stock" ||
    record.state === "returned"
  );
}

/**
 * One box that the ACS lists under two ids (a renamed product class, a second ACS) shows one MAC under both: it left one id when it came under
 * the other, or was up since one moment under both.
 */
function withoutRenames(found: readonly Holder[]): readonly Holder[] {
  const kept: Holder[] = [];
  for (const holder of found) {
    if (!kept.some((other) => isRename(holder, other))) kept.push(holder);
  }
  return kept;
}

function isRename(a: Holder, b: Holder): boolean {
  if (!a.last.wanMacs.some((mac) => b.last.wanMacs.includes(mac))) return false;
  const [one, other] = [bootedAt(a.last), bootedAt(b.last)];
  return (
    a.last.at <= b.first.at ||
    b.last.at <= a.first.at ||
    (one !== null && other !== null && Math.abs(one - other) <= 5 * MINUTE)
  );
}

export function configuredOn(credential: Digest, view: View): readonly Holder[] {
  return holders(
    view,
    (sighting) => sighting.credential !== null,
    (sighting) => sighting.credential === credential,
  );
}

export function secretOn(digest: Digest, view: View): readonly Holder[] {
  const opens = new Set(
    view.facts.sightings.flatMap(({ secrets }) =>
      secrets.filter((secret) => secret.digest === digest).map((secret) => secret.opens),
    ),
  );
  return holders(
    view,
    ({ secrets }) => secrets.some((secret) => opens.has(secret.opens)),
    ({ secrets }) => secrets.some((secret) => secret.digest === digest),
  );
}
