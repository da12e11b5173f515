/** Parameter maps as files: documents for the mapping layer, each with the places of its text. */
import type { Problem } from "../lib/errors.ts";
import type { MapSource } from "../mapping/load.ts";
import type { MapOrigin } from "../mapping/mapper.ts";
import { parseYamlDocuments } from "./yaml.ts";

export interface MapFile {
  /** As it shall stand in problems. */
  readonly file: string;
  readonly text: string;
}

/** Never throws. Documents of other kinds are left to the reader of maps, which says that they are none. */
export function readMapFiles(
  files: readonly MapFile[],
  origin: MapOrigin = "shipped",
): { readonly sources: readonly MapSource[]; readonly problems: readonly Problem[] } {
  const read = files.map(({ file, text }) => ({ file, ...parseYamlDocuments(text, file) }));
  return {
    problems: read.flatMap(({ problems }) => problems),
    sources: read.flatMap(({ file, documents }) =>
      documents.map(({ value, place }, index) => ({
        source: index === 0 ? file : `${file}#${index + 1}`,
        document: value,
        origin,
        place,
      })),
    ),
  };
}
