/** Records with plain defaults, so that a test says only what it is about. */
import { Secret } from "../../src/lib/secret.ts";
import type { Effective, EffectiveField } from "../../src/model/effective.ts";
import type { FieldName, FieldValues } from "../../src/model/fields/index.ts";
import {
  NO_FAULTS,
  UNLEARNT,
  type DesiredDocument,
  type DeviceStatus,
  type ProfileLayer,
} from "../../src/model/records.ts";

const LONG_AGO = new Date("2026-01-05T08:00:00Z");

export function aDocument(given: Partial<DesiredDocument> = {}): DesiredDocument {
  return {
    writer: "billing",
    generation: 1,
    fields: {},
    secretDigest: null,
    changedAt: LONG_AGO,
    endedAt: null,
    ...given,
  };
}

export function aProfile(given: Partial<ProfileLayer> = {}): ProfileLayer {
  return {
    name: "base",
    revision: 1,
    owner: "operator",
    specificity: 1,
    fields: {},
    changedAt: LONG_AGO,
    ...given,
  };
}

export function aStatus(given: Partial<DeviceStatus> = {}): DeviceStatus {
  return {
    state: "queued",
    reason: "DesiredChanged",
    since: LONG_AGO,
    generation: "g1",
    conditions: [],
    failures: {},
    faults: NO_FAULTS,
    reachable: true,
    contactAt: LONG_AGO,
    reach: UNLEARNT,
    bootstrapped: null,
    settledUnder: null,
    ...given,
  };
}

export const CREDENTIALS = {
  username: "mia",
  realm: "isp.example",
  password: new Secret("canary-7f3a"),
} as const;
export const PLAN = { channelsKhz: [2_500_000, 2_510_000], bandwidthKhz: 10_000 } as const;
export const FIRMWARE = { version: "V100R001" } as const;

/** An effective state as a document of billing would give it. */
export function wants(
  values: { readonly [Name in FieldName]?: FieldValues[Name] },
  { digest = "digest-1", generation = "g1" }: { digest?: string; generation?: string } = {},
): Effective {
  const fields = Object.entries(values).map(
    ([name, value]) =>
      ({
        name,
        value,
        source: {
          layer: "document",
          record: "billing",
          owner: "billing",
          revision: 1,
          since: LONG_AGO.toISOString(),
        },
        secretDigest: name === "credentials" ? digest : null,
      }) as EffectiveField,
  );
  return { fields, clashes: [], generation };
}
