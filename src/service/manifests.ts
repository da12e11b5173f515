/** Manifests: from documents, typed or as text, to one transaction of the store. The dry run is the same call. */
import { AppError, type Problem } from "../lib/errors.ts";
import { FIELD_NAMES } from "../model/fields/index.ts";
import { changeSet } from "../manifest/change-set.ts";
import { KIND_NAMES, KINDS, type KindName, type ManifestOf } from "../manifest/kinds.ts";
import { parseManifests, parseManifestValues, type SourcedManifest } from "../manifest/parse.ts";
import type { ApplyPlan, ApplyResult, DeviceManifest, FleetStore } from "../ports/fleet-store.ts";
import { remapBetween, type MapsOf } from "./maps.ts";
import { readLimits } from "./read-limits.ts";
import { demand, demandWriter, FIELD_SCOPES, type Caller, type Scope } from "./access.ts";

export { API_VERSION } from "../manifest/kinds.ts";

/** Kinds that are kept as records, by their path below `/v1`. Devices have tables and routes of their own. */
export const RECORD_PATHS: ReadonlyMap<string, KindName> = new Map(
  KIND_NAMES.filter((kind) => kind !== "Device").map((kind) => [KINDS[kind].path, kind]),
);

export type ManifestInput =
  | { readonly kind: "yaml"; readonly text: string }
  | { readonly kind: "values"; readonly documents: readonly unknown[] };

export interface Manifests {
  /** All documents or none. @throws `invalid` with every problem and its place, before anything is looked up */
  apply(
    input: ManifestInput,
    caller: Caller,
    options: { readonly dryRun: boolean; readonly expect: number | null },
  ): Promise<ApplyResult & { readonly warnings: readonly string[] }>;
}

/** Parsed and free of problems that the documents have by themselves. */
function documentsOf(input: ManifestInput): readonly SourcedManifest[] {
  const { documents, problems } =
    input.kind === "yaml"
      ? parseManifests(input.text, "body")
      : parseManifestValues(input.documents);
  const all: readonly Problem[] =
    problems.length > 0 ? problems : changeSet(documents, () => undefined).problems;
  const [first] = all;
  if (first !== undefined) {
    const code = all.some((each) => each.code === "malformed_yaml") ? "malformed_yaml" : "invalid";
    const place = first.line === undefined ? first.pointer : `line ${first.line}`;
    const more = all.length === 1 ? "" : `, and ${all.length - 1} more`;
    const message = `${place ?? "manifest"}: ${first.message}${more}; nothing was changed`;
    throw new AppError(code, message, { problems: all });
  }
  if (documents.length === 0) {
    throw new AppError("invalid", "there is no document in this; nothing was changed");
  }
  return documents;
}

function scopesFor(manifest: SourcedManifest): readonly Scope[] {
  switch (manifest.kind) {
    case "Aaa":
    case "Acs":
    case "Device":
      return ["admin"];
    case "FirmwareImage":
      return ["desired:write:firmware"];
    case "FrequencyPlan":
      return ["desired:write:frequency"];
    case "FraudPolicy":
      return ["findings:decide"];
    case "ParameterMap":
      return ["maps:write"];
    case "Profile": {
      const { fields } = manifest.spec;
      return FIELD_NAMES.filter((name) => name in fields).map((name) => FIELD_SCOPES[name]);
    }
  }
}

function deviceOf({ metadata, spec }: ManifestOf<"Device">): DeviceManifest {
  const { oui, productClass = null, serial, acs, hold } = spec;
  return {
    name: metadata.name,
    labels: metadata.labels,
    identity: { oui, productClass, serial },
    acs,
    hold: hold === undefined ? null : { reason: hold.reason, until: hold.until ?? null },
    spec,
  };
}

/** What the store is asked to do, in the order of the documents. */
function planOf(documents: readonly SourcedManifest[], mapsOf: MapsOf): ApplyPlan {
  return {
    remap: remapBetween(mapsOf),
    devices: documents.flatMap((each) => (each.kind === "Device" ? [deviceOf(each)] : [])),
    records: documents.flatMap((each) =>
      each.kind === "Device"
        ? []
        : [
            {
              kind: each.kind,
              name: each.metadata.name,
              labels: each.metadata.labels,
              spec: each.spec as unknown as Readonly<Record<string, unknown>>,
            },
          ],
    ),
  };
}

/** What the maps found wrong with one another, at the lines of the documents that were sent. */
function inTheirPlaces(error: unknown, documents: readonly SourcedManifest[]): unknown {
  if (!(error instanceof AppError) || error.problems.length === 0) return error;
  const problems = error.problems.map((problem) => {
    const document = documents.find(
      ({ kind, metadata }) => problem.file === `${kind}/${metadata.name}`,
    );
    return { ...problem, ...document?.place?.(problem.pointer ?? "") };
  });
  return new AppError(error.code, `${error.message}; nothing was changed`, {
    problems,
    cause: error,
  });
}

/** What may be applied and will not do what is meant by it. */
async function warningsOf(
  documents: readonly SourcedManifest[],
  store: FleetStore,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const { kind, metadata, spec } of documents) {
    if (kind !== "Acs") continue;
    const limits = await readLimits(store, metadata.name, spec, new Date());
    if (limits?.warning != null)
      warnings.push(`Acs/${metadata.name} /spec/reads: ${limits.warning}`);
  }
  return warnings;
}

export function manifestsOf(deps: {
  readonly store: FleetStore;
  readonly mapsOf: MapsOf;
}): Manifests {
  const { store, mapsOf } = deps;

  return {
    async apply(input, caller, options) {
      demandWriter(caller);
      const documents = documentsOf(input);
      for (const scope of new Set(documents.flatMap(scopesFor))) demand(caller, scope);
      try {
        const applied = await store.apply(planOf(documents, mapsOf), caller.actor, options);
        return { ...applied, warnings: await warningsOf(documents, store) };
      } catch (error) {
        throw inTheirPlaces(error, documents);
      }
    },
  };
}
