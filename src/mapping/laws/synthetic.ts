/**
 * A device that nobody has seen, made from a map: each anchor has its row, with its conditions met, beside a row that fails
 * them; every path of the map is there, of the type that the standard or the map says; tables have rows. For maps without
 * a recorded tree: their laws run too, and their paths stay as unproven as they were.
 */
import { TreeBuilder } from "../../model/tree/builder.ts";
import { defaultValue } from "../../model/tree/lexical.ts";
import type { DeviceTree } from "../../model/tree/tree.ts";
import type { Known } from "../lint/known.ts";
import type { Use } from "../lint/uses.ts";
import { printTemplate } from "../path.ts";
import { benchOf } from "./bench.ts";
import { decodable } from "./decodable.ts";
import { groundOf, type Place } from "./places.ts";
import { secondHomes } from "./second-homes.ts";
import { spread } from "./spread.ts";
import type { Subject } from "./subject.ts";
import { tablesIn } from "./table-text.ts";

/** Numbers of rows in a table of the map, by its row with `{names}`. */
function rowNumbers({ mapper, anchors }: Subject): ReadonlyMap<string, readonly string[]> {
  const numbers = new Map<string, readonly string[]>();
  for (const given of Object.values(mapper.resolved.bind)) {
    for (const { row, slots } of tablesIn(given?.lens)) {
      const whole = spread(row, anchors);
      if (whole === undefined) continue;
      const last = row.segments.at(-1);
      const inName = last?.kind === "instance" && last.before !== "";
      const rows = inName ? ["01", "02"] : slots ? ["1", "2", "3", "4"] : ["1", "2"];
      numbers.set(printTemplate(whole), rows);
    }
  }
  return numbers;
}

/** Every path that a use may mean on the device. */
function concrete(
  use: Use,
  places: ReadonlyMap<string, Place>,
  tables: ReadonlyMap<string, readonly string[]>,
): string[] {
  const place = use.anchor === null ? undefined : places.get(use.anchor);
  const rows = [place?.row ?? "", place?.decoy].filter((row) => row !== undefined);
  const rest = use.path.slice(place?.template.length ?? 0);
  const table = [...tables].find(([row]) => use.path.startsWith(row));
  return rows.flatMap((row) =>
    (table?.[1] ?? ["1"]).map((number) => row + rest.replaceAll(/\{\w+\}/g, number)),
  );
}

/** None where the map names nothing below a root; a second one where parameters have several homes. */
export function syntheticTrees(subject: Subject, known: (path: string) => Known): DeviceTree[] {
  const { places, texts } = groundOf(subject);
  const tables = rowNumbers(subject);
  const uses = [...subject.bounds.values()].flatMap((bound) => bound.uses);
  texts.set(subject.mapper.identityPath, "SN0000001");

  const builder = new TreeBuilder("synthetic");
  const objects = new Set<string>();
  const add = (path: string, writable: boolean, isObject = false): void => {
    const type = known(path).facets?.type ?? "string";
    const value = isObject ? null : (texts.get(path) ?? defaultValue(type));
    const object = isObject ? { object: true, type: null } : { object: false, type };
    builder.add({ path, ...object, writable, value }, { pointer: path });
  };
  const written = new Map<string, boolean>([...texts.keys()].map((path) => [path, false]));
  for (const use of uses) {
    for (const path of concrete(use, places, tables)) {
      if (use.purpose === "row" || use.purpose === "rows") objects.add(path);
      else written.set(path, use.written || written.get(path) === true);
    }
  }
  const rows = new Map<string, number>();
  for (const path of objects) {
    if (written.has(path)) continue;
    add(path, true, true);
    const table = path.replace(/\.\d+$/, "");
    if (table !== path) rows.set(table, (rows.get(table) ?? 0) + 1);
  }
  for (const [table, count] of rows) {
    add(table, true, true);
    // A table that loses its last row is told from one that is not there by what stands beside it.
    const counter = `${table}NumberOfEntries`;
    texts.set(counter, String(count));
    written.set(counter, written.get(counter) ?? false);
  }
  for (const [path, writable] of written) add(path, writable);
  const parsed = builder.finish();
  if (parsed.kind === "problems") return [];
  const bench = benchOf(subject, parsed.tree, known);
  const lenient = { ...bench, options: { ...bench.options, check: () => undefined } };
  const whole = decodable(subject, lenient);
  const second = secondHomes(subject, whole);
  return second === undefined ? [whole.tree] : [whole.tree, second.tree];
}
