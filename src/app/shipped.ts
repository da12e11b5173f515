/** What ships with the package, as the server uses it: maps, the description of the Friendly service, simulated CPEs. */
import { AppError } from "../lib/errors.ts";
import { readMapFiles } from "../manifest/map-files.ts";
import { loadMaps, type MapSource } from "../mapping/load.ts";
import type { MapSet } from "../mapping/mapper.ts";
import type { MapRecord } from "../model/records.ts";
import { manifestPath, shippedFiles } from "../package/files.ts";

export const wsdlFile = (): string => manifestPath("acs", "friendly-acsws.wsdl");
export const treesFolder = (): string => manifestPath("cpes");

/**
 * Every map under `manifests/maps`, checked as a set, with these records over them: a record shadows the shipped map of
 * its name. The files are read once.
 * @throws AppError `invalid_map`, `ambiguous_map`, `malformed_yaml` with file, line and column
 */
export function shippedMapsWith(): (records: readonly MapRecord[]) => MapSet {
  const { sources, problems } = readMapFiles(shippedFiles("maps", ".yaml"));
  if (problems.length > 0)
    throw new AppError("malformed_yaml", "a shipped map is not YAML", { problems });
  return (records) => {
    const own = records.map(({ name, document }): MapSource => ({
      source: `ParameterMap/${name}`,
      document,
      origin: "operator",
    }));
    return loadMaps([...sources, ...own]);
  };
}
