/**
 * The paths that a binding names, with what it does there. Anchors and `$row` are replaced by the rows that they stand
 * for, so that each path starts at the root and can be looked up: `Device.PPP.Interface.{p}.Username`.
 */
import type { Anchor } from "../anchors.ts";
import type { BindingText } from "../binding.ts";
import { printTemplate, type Template } from "../path.ts";
import type { Built } from "../pipeline.ts";
import { tablesIn, type Purpose } from "./table-text.ts";

export interface Use {
  readonly path: string;
  /** Where the path, or the table around it, starts; null for the root. */
  readonly anchor: string | null;
  readonly purpose: Purpose;
  readonly file: string;
  readonly pointer: string;
  /** Null outside bindings. */
  readonly logical: string | null;
  /** A put of the binding may write there. */
  readonly written: boolean;
  /** It stands behind the step `secret`. */
  readonly secret: boolean;
}

/** What an anchor stands for; undefined for one that the map does not have. */
const rowOf = (anchor: Anchor | undefined): string | undefined =>
  anchor === undefined ? undefined : printTemplate(anchor.kind === "row" ? anchor.row : anchor.to);

export const under = (row: string, rest: string): string => (rest === "" ? row : `${row}.${rest}`);

/** From the root; undefined where the anchor is unknown. */
export function fromRoot(
  template: Template,
  anchors: ReadonlyMap<string, Anchor>,
  row?: string,
): string | undefined {
  if (template.anchor === null) return printTemplate(template);
  const start = template.anchor === "row" ? row : rowOf(anchors.get(template.anchor));
  return start === undefined
    ? undefined
    : under(start, printTemplate({ anchor: null, segments: template.segments }));
}

export interface BindingPlace {
  readonly logical: string;
  readonly file: string;
  readonly pointer: string;
  readonly observeOnly: boolean;
  readonly text: BindingText;
}

/** The place that a pointer lies in; places never lie in one another. */
const around = <T extends { readonly pointer: string }>(
  places: readonly T[],
  pointer: string,
): T | undefined =>
  places.find((place) => pointer === place.pointer || pointer.startsWith(`${place.pointer}/`));

export function usesOfBinding(
  binding: BindingPlace,
  built: Built,
  anchors: ReadonlyMap<string, Anchor>,
): Use[] {
  const { logical, file, observeOnly, text } = binding;
  const tables = tablesIn(text.lens, `${binding.pointer}/lens`).flatMap((table) => {
    const named = built.paths.find(({ pointer }) => pointer === `${table.pointer}/row`);
    const row = named === undefined ? undefined : fromRoot(named.path, anchors);
    return named === undefined || row === undefined
      ? []
      : [{ ...table, row, anchor: named.path.anchor }];
  });
  const probes = probesOf(built);
  const use = (path: string, anchor: string | null, purpose: Purpose, pointer: string): Use => ({
    path,
    anchor,
    purpose,
    file,
    pointer,
    logical,
    written: !observeOnly && (purpose === "value" || purpose === "trigger" || purpose === "rows"),
    secret: around(built.ends, pointer)?.secret ?? false,
  });
  const purposeOf = (path: Template, pointer: string): Purpose => {
    const table = tables.find((one) => pointer === `${one.pointer}/row`);
    if (table !== undefined) return table.makesRows ? "rows" : "row";
    if (/\/(insert|remove)\/trigger$/.test(pointer)) return "trigger";
    return probes.has(printTemplate(path)) ? "probe" : "value";
  };
  const named = built.paths.flatMap(({ path, pointer }) => {
    const table = around(tables, pointer);
    const full = fromRoot(path, anchors, table?.row);
    const anchor = path.anchor === "row" ? (table?.anchor ?? null) : path.anchor;
    return full === undefined ? [] : [use(full, anchor, purposeOf(path, pointer), pointer)];
  });
  const inRows = tables.flatMap(({ row, anchor, params }) =>
    params.map(({ param, purpose, pointer }) => use(under(row, param), anchor, purpose, pointer)),
  );
  // A step may ask for one path twice.
  const all = [...named, ...inRows].map((one) => [`${one.pointer} ${one.path}`, one] as const);
  return [...new Map(all).values()];
}

/** Paths that are looked at, and that nothing else needs. */
function probesOf({ lens }: Built): ReadonlySet<string> {
  const probes = new Set<string>();
  const values = new Set<string>();
  for (const need of lens.needs) {
    if (need.kind === "table") continue;
    (need.probe === true ? probes : values).add(printTemplate(need.path));
  }
  return new Set([...probes].filter((path) => !values.has(path)));
}
