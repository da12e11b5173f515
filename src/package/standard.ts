/** The standard data models that ship, as one lookup. */
import { AppError } from "../lib/errors.ts";
import { parseDataModel } from "../mapping/standard/parse.ts";
import { standardOf, TABLES, type Standard } from "../mapping/standard/standard.ts";
import { readFileSync } from "node:fs";
import { manifestPath } from "./files.ts";

/**
 * What the standard says below these roots; reads only the tables that they need (all four parse in about 0.1 s).
 * @throws AppError `bad_config` with file and line
 */
export function shippedStandard(roots: readonly (keyof typeof TABLES)[]): Standard {
  const names = new Set(roots.flatMap((root): readonly string[] => TABLES[root]));
  return standardOf(
    [...names].map((name) => {
      const text = readFileSync(manifestPath("data-models", name), "utf8");
      const { model, problems } = parseDataModel(text, name);
      if (model !== undefined) return model;
      throw new AppError("bad_config", `the shipped data model ${name} is damaged`, { problems });
    }),
  );
}
