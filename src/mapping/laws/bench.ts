/** The laboratory device that a map is tried on: what the map and the standard say of a device that its tree does not. */
import type { DeviceTree } from "../../model/tree/tree.ts";
import { withoutNumbers } from "../declares.ts";
import { labDevice, type LabDevice, type LabOptions, type RowTrigger } from "../lab/device.ts";
import { read } from "../lab/read.ts";
import { awake } from "../lab/vary.ts";
import type { Known } from "../lint/known.ts";
import { parseTemplate, prefixOf, printTemplate } from "../path.ts";
import { checkText } from "../standard/facets.ts";
import type { View } from "../view.ts";
import { spread } from "./spread.ts";
import { tablesIn, type TableText } from "./table-text.ts";
import type { Subject } from "./subject.ts";

function placeOf(text: unknown, view: View): string | undefined {
  const template = typeof text === "string" ? parseTemplate(text) : undefined;
  if (template === undefined || "fault" in template) return undefined;
  const where = view.place(template);
  return where.kind === "path" ? where.path : undefined;
}

/** Numbers are written as the device writes them; two digits where it has none yet (`Rule01`). */
function digitsOf(prefix: string, tree: DeviceTree): number {
  const found = [...tree.nodes.keys()].flatMap((path) =>
    path.startsWith(prefix) ? (/^\d+$/.exec(path.slice(prefix.length)) ?? []) : [],
  );
  return found.length === 0 ? 2 : Math.min(...found.map((digits) => digits.length));
}

/** Only of rows that are one parameter: nobody knows what a trigger makes of a text otherwise. */
function triggerOf(table: TableText, tree: DeviceTree, view: View): RowTrigger | undefined {
  const insert = placeOf(table.insert, view);
  const last = table.row.segments.at(-1);
  if (insert === undefined || last?.kind !== "instance" || last.after !== "") return undefined;
  const prefix = prefixOf(table.row) + last.before;
  const { text = "", trigger, value } = table.remove;
  const told = placeOf(trigger, view);
  const gone = typeof text === "string" ? text : "";
  return {
    insert,
    prefix,
    digits: digitsOf(prefix, tree),
    removal:
      told === undefined
        ? { by: "text", text: gone }
        : { by: "trigger", trigger: told, told: value === "rowText" ? "rowText" : "rowName" },
    maxRows: table.max ?? 99,
    accepts: (given) => given !== "" && given !== gone,
  };
}

/** Parameters that bindings of secrets write, with `{i}` for every number. */
function secretHomes({ bounds, anchors }: Subject): ReadonlySet<string> {
  const homes = [...bounds.values()]
    .filter(({ binding }) => binding.secret)
    .flatMap(({ lens }) => lens.needs)
    .flatMap((need) => (need.kind === "path" ? (spread(need.path, anchors) ?? []) : []));
  return new Set(homes.map((home) => withoutNumbers(printTemplate(home))));
}

/** @param known the standard, with what the map declares laid over it */
export function benchOf(
  subject: Subject,
  tree: DeviceTree,
  known: (path: string) => Known,
): LabDevice {
  const device = labDevice(awake(tree));
  const view = subject.view(read(device));
  const homes = secretHomes(subject);
  const tables = Object.values(subject.mapper.resolved.bind).flatMap((given) =>
    tablesIn(given?.lens),
  );
  const rowTables = new Map(
    tables.flatMap((table) => {
      const row = spread(table.row, subject.anchors);
      const path = row === undefined ? undefined : withoutNumbers(printTemplate(row));
      return path?.endsWith(".{i}") === true
        ? [[path.slice(0, -"{i}".length), table] as const]
        : [];
    }),
  );
  const generals = new Map<string, string>();
  const general = (path: string): string => {
    const found = generals.get(path) ?? withoutNumbers(path);
    generals.set(path, found);
    return found;
  };
  const options: LabOptions = {
    check(path, text) {
      const { facets } = known(path);
      return facets === null ? undefined : checkText(facets, text)?.code;
    },
    isHidden: (path) => homes.has(general(path)) || known(path).secret,
    isCommand: (path) => known(path).command,
    isFixed: (table) => rowTables.get(general(table))?.slots === true,
    maxRows: (table) => rowTables.get(general(table))?.max,
    triggers: tables.flatMap((table) => triggerOf(table, tree, view) ?? []),
  };
  return { ...device, options };
}
