/**
 * The effective desired state of a device: its layers merged field by field, each value with where it came from.
 * Order: profiles (more terms in the selector win), then the device's own documents, then the parking credential of an
 * ended service. Equal profiles that disagree are a conflict: then nothing is written for that field.
 */
import { hashValue } from "../lib/hash.ts";
import { FIELD_NAMES, type FieldName, type FieldValues } from "./fields/index.ts";
import type { DesiredDocument, DeviceRecord, ParkingCredential, ProfileLayer } from "./records.ts";

export interface Provenance {
  readonly layer: "profile" | "document" | "parking";
  /** Name of the profile, or the writer of the document. */
  readonly record: string;
  readonly owner: string;
  readonly revision: number;
  /** RFC 3339. */
  readonly since: string;
}

export type EffectiveField = {
  [Name in FieldName]: {
    readonly name: Name;
    readonly value: FieldValues[Name];
    readonly source: Provenance;
    /** Keyed digest of the secret in the value; null when it holds none. */
    readonly secretDigest: string | null;
  };
}[FieldName];

export interface FieldClash {
  readonly field: FieldName;
  readonly records: readonly string[];
}

export interface Effective {
  readonly fields: readonly EffectiveField[];
  readonly clashes: readonly FieldClash[];
  /** Content address of the whole: two passes with the same one want the same thing. */
  readonly generation: string;
}

type Layer = Pick<EffectiveField, "source" | "value" | "secretDigest">;

function comparable(field: EffectiveField): unknown {
  return { name: field.name, value: field.value, secret: field.secretDigest };
}

/** Content of a field value without its secret, for comparing. */
function contentOf(value: unknown, secretDigest: string | null): string {
  return hashValue({ value, secretDigest });
}

function profileFor(
  name: FieldName,
  profiles: readonly ProfileLayer[],
): { layer: Layer | undefined; clash: FieldClash | undefined } {
  const having = profiles.filter((profile) => profile.fields[name] !== undefined);
  const top = Math.max(...having.map((profile) => profile.specificity));
  const best = having.filter((profile) => profile.specificity === top);
  const [first] = best;
  if (first === undefined) return { layer: undefined, clash: undefined };
  const contents = new Set(best.map((profile) => contentOf(profile.fields[name], null)));
  if (contents.size > 1) {
    return {
      layer: undefined,
      clash: { field: name, records: best.map((profile) => profile.name).sort() },
    };
  }
  const source: Provenance = {
    layer: "profile",
    record: first.name,
    owner: first.owner,
    revision: first.revision,
    since: first.changedAt.toISOString(),
  };
  return {
    layer: { value: first.fields[name] as never, source, secretDigest: null },
    clash: undefined,
  };
}

function documentFor(name: FieldName, documents: readonly DesiredDocument[]): Layer | undefined {
  const owner = documents.find(
    (document) => document.endedAt === null && document.fields[name] !== undefined,
  );
  if (owner === undefined) return undefined;
  return {
    value: owner.fields[name] as never,
    secretDigest: name === "credentials" ? owner.secretDigest : null,
    source: {
      layer: "document",
      record: owner.writer,
      owner: owner.writer,
      revision: owner.generation,
      since: owner.changedAt.toISOString(),
    },
  };
}

function parkingFor(
  name: FieldName,
  owed: boolean,
  parking: ParkingCredential | null,
): Layer | undefined {
  if (name !== "credentials" || !owed || parking === null) return undefined;
  return {
    value: parking.credentials as never,
    secretDigest: parking.secretDigest,
    source: { layer: "parking", record: parking.acs, owner: "operator", revision: 0, since: "" },
  };
}

/** What is wanted, field by field: another text where something else is wanted. */
export function contentsOf({
  fields,
}: Pick<Effective, "fields">): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.map(({ name, value, secretDigest }) => [
      name,
      contentOf(value, secretDigest).slice(0, 16),
    ]),
  );
}

/** Merges the layers of one device. Pure; a field that nobody set is not in the result. */
export function effectiveOf(
  device: Pick<DeviceRecord, "owedRevocations">,
  profiles: readonly ProfileLayer[],
  documents: readonly DesiredDocument[],
  parking: ParkingCredential | null,
): Effective {
  const fields: EffectiveField[] = [];
  const clashes: FieldClash[] = [];
  for (const name of FIELD_NAMES) {
    const profile = profileFor(name, profiles);
    const layer =
      documentFor(name, documents) ??
      parkingFor(name, device.owedRevocations.length > 0, parking) ??
      profile.layer;
    if (layer !== undefined) fields.push({ name, ...layer } as EffectiveField);
    else if (profile.clash !== undefined) clashes.push(profile.clash);
  }
  const generation = hashValue([fields.map(comparable), clashes]).slice(0, 16);
  return { fields, clashes, generation };
}
