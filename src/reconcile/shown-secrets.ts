/**
 * Secrets that a CPE shows in clear when it is read, which by the standard it should not. The rules of misuse ask whether
 * two CPEs share one; the store makes keyed digests of them, and nothing else ever sees them (I18).
 */
import { Secret } from "../lib/secret.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { Effective } from "../model/effective.ts";
import type { Reading, Snapshot } from "../model/parameter.ts";

const OPENS = {
  "mgmt.acs-password": "acs",
  "mgmt.connection-request-password": "connection_request",
  "wan.ppp.password": "service",
  "wimax.auth.password": "service",
} as const;

/** Those of a service are read with its credential anyway. */
const ALONG = ["mgmt.acs-password", "mgmt.connection-request-password"] as const;

/** What a CPE or an ACS puts in the place of a secret that it does not show. */
const MASK = /^(?:([*•●.#x-])\1*|[<([]?(?:hidden|masked|secret|null|none|undefined|n\/a)[>)\]]?)$/i;

export interface ShownSecret {
  readonly opens: (typeof OPENS)[keyof typeof OPENS];
  readonly value: Secret;
}

/** Empty and masked are no secrets: they are unreadable, and equal to nothing. */
export function isShown(reading: Reading | undefined): boolean {
  return reading?.kind === "value" && reading.text.trim() !== "" && !MASK.test(reading.text.trim());
}

/**
 * Names to be read along with what is read anyway: those of which nobody knows yet what the device does with them, and
 * those that it shows. Nearly all show nothing, and are asked once for each map and life of theirs.
 */
export function secretsAlong(
  { fields }: Pick<Effective, "fields">,
  mapper: Mapper,
  known: Snapshot | null,
): readonly string[] {
  if (!fields.some(({ name }) => name === "credentials")) return [];
  const bound = ALONG.filter((name) => mapper.bindings.get(name)?.secret === true);
  if (known === null) return bound;
  return bound.filter((name) => {
    const observation = mapper.get(name, known);
    if (observation.kind !== "unreadable" && observation.kind !== "unread") return false;
    const reading = known.values.get(observation.path);
    // What was shown is kept as nil; see `observationOf`.
    return reading === undefined || reading.kind === "null";
  });
}

/** @param answer of this read alone: what is remembered holds no secret */
export function shownSecrets(mapper: Mapper, snapshot: Snapshot, answer: Snapshot): ShownSecret[] {
  return Object.entries(OPENS).flatMap(([logical, opens]): ShownSecret[] => {
    if (mapper.bindings.get(logical)?.secret !== true) return [];
    const observation = mapper.get(logical, snapshot);
    if (observation.kind !== "unreadable") return [];
    const reading = answer.values.get(observation.path);
    if (reading?.kind !== "value" || !isShown(reading)) return [];
    return [{ opens, value: new Secret(reading.text) }];
  });
}
