/** Loads the tree files: every `*.tsv` of the folder is a model, so a new one needs no change of code. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, messageOf } from "../../lib/errors.ts";
import { parseModel, type CpeModel } from "./cpe-model.ts";

/** By model name. @throws AppError `bad_config` for a folder that cannot be read or a file that is no tree */
export async function loadModels(folder: string): Promise<ReadonlyMap<string, CpeModel>> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw new AppError("bad_config", `no CPE trees in ${folder}: ${messageOf(error)}`, {
      cause: error,
    });
  });
  const models = new Map<string, CpeModel>();
  for (const file of files.filter((name) => name.endsWith(".tsv")).sort()) {
    const model = parseModel(await readFile(join(folder, file), "utf8"), file);
    models.set(model.name, model);
  }
  return models;
}
