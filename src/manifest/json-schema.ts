/** JSON Schemas of the manifest kinds, for editors: completion and checks while typing, from the same source as ours. */
import { z } from "zod";
import { KIND_NAMES, KINDS, kindSchemas } from "./kinds.ts";

/** `device.json`: the name in the modeline of an example. */
export function schemaFileName(kind: string): string {
  return `${kind.toLowerCase()}.json`;
}

/** By file name. Draft 7, since editors' YAML servers know no later one; the shape that people write, not the parsed one. */
export function manifestJsonSchemas(): ReadonlyMap<string, object> {
  return new Map(
    KIND_NAMES.map((kind) => {
      const schema = z.toJSONSchema(KINDS[kind].document ?? kindSchemas()[kind], {
        target: "draft-07",
        io: "input",
      });
      return [schemaFileName(kind), schema];
    }),
  );
}
