/** Files that ship with the package: maps, the description of the Friendly service, the trees of the simulator. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { parseYamlDocuments } from "../manifest/parse.ts";
import { loadMaps, type MapSource } from "../mapping/load.ts";
import type { MapSet } from "../mapping/mapper.ts";
import type { DataModel } from "../mapping/standard/data-model.ts";
import { parseDataModel } from "../mapping/standard/parse.ts";
import { standardOf, TABLES, type Standard } from "../mapping/standard/standard.ts";
import type { MapRecord } from "../model/records.ts";
import { packageRoot } from "../store/package-root.ts";

const manifests = (): string => join(packageRoot(), "manifests");

export const wsdlFile = (): string => join(manifests(), "acs", "friendly-acsws.wsdl");
export const treesFolder = (): string => join(manifests(), "cpes");

/**
 * Every map under `manifests/maps`, checked as a set.
 * @throws AppError `invalid_map`, `ambiguous_map`, `malformed_yaml` with file, line and column
 */
export function shippedMaps(): MapSet {
  return shippedMapsWith()([]);
}

/** Reads the files once; the set is then made again for each set of records, which shadow shipped maps of their names. */
export function shippedMapsWith(): (records: readonly MapRecord[]) => MapSet {
  const shipped = shippedSources();
  // A map that ships and does not load is our mistake, and shows at the start and not at the first record.
  loadMaps(shipped);
  return (records) => {
    const own = records.map(({ name, document }): MapSource => ({
      source: `ParameterMap/${name}`,
      document,
      origin: "operator",
    }));
    return loadMaps([...shipped, ...own]);
  };
}

/** `manifests/maps/VENDOR/NAME.yaml` and `manifests/maps/base/NAME.yaml`. */
function shippedSources(): MapSource[] {
  const folder = join(manifests(), "maps");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  return files.flatMap((name) => {
    const file = parseYamlDocuments(readFileSync(join(folder, name), "utf8"), name);
    if (file.problems.length > 0) {
      throw new AppError("malformed_yaml", `the shipped map ${name} is not YAML`, {
        problems: file.problems,
      });
    }
    return file.documents.map(({ value, place }) => ({ source: name, document: value, place }));
  });
}

function shippedModel(name: string): DataModel {
  const text = readFileSync(join(manifests(), "data-models", name), "utf8");
  const { model, problems } = parseDataModel(text, name);
  if (model !== undefined) return model;
  throw new AppError("bad_config", `the shipped data model ${name} is damaged`, { problems });
}

/**
 * What the standard says below these roots; reads only the tables that they need (all four parse in about 0.1 s).
 * @throws AppError `bad_config` with file and line
 */
export function shippedStandard(roots: readonly (keyof typeof TABLES)[]): Standard {
  const names = new Set(roots.flatMap((root): readonly string[] => TABLES[root]));
  return standardOf([...names].map(shippedModel));
}

export function packageVersion(): string {
  const text = readFileSync(join(packageRoot(), "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
