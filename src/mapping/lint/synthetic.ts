/**
 * Devices that do not exist, for seeing what a lens would write: every anchor has found its row, every parameter is there
 * unless it is left out on purpose, and all of them hold one text.
 */
import type { Anchor } from "../anchors.ts";
import type { Lens } from "../codecs/codec.ts";
import { below, printTemplate, type Row, type Template } from "../path.ts";
import type { Range } from "../version.ts";
import type { View } from "../view.ts";
import { fromRoot } from "./uses.ts";

interface Device {
  /** What every parameter holds. */
  readonly text: string;
  /** Parameters and objects that the device does not have. */
  readonly without: readonly string[];
  /** Rows of every table. */
  readonly rows: number;
  /** Does it run a version of this range? None unless said. */
  readonly runs?: (range: Range) => boolean;
}

/** A text that no parameter can hold (XML has no U+0000): nothing equals it, so that all of a value is written. */
const NOTHING = "\u0000";
/** Enough for the longest lists that people write. */
const ROWS = 16;

/** `Device.PPP.Interface.1`: the first row of everything. */
const concrete = (path: string, number = 1): string => path.replace(/\{\w+\}/g, String(number));

function viewOf(
  { text, without, rows, runs = () => false }: Device,
  anchors: ReadonlyMap<string, Anchor>,
): View {
  const lacks = (path: string): boolean =>
    without.some((one) => path === one || path.startsWith(`${one}.`));
  const make = (current: string | undefined): View => ({
    runs,
    state: (path) => (lacks(path) ? { kind: "absent" } : { kind: "text", text }),
    place(template) {
      const path = fromRoot(template, anchors, current);
      return path === undefined
        ? { kind: "no_instance", path: printTemplate(template), detail: "no such anchor" }
        : { kind: "path", path: concrete(path) };
    },
    rooted(template) {
      if (template.anchor === null) return { kind: "template", template };
      const row = fromRoot({ anchor: template.anchor, segments: [] }, anchors, current);
      return row === undefined
        ? { kind: "no_instance", path: printTemplate(template), detail: "no such anchor" }
        : { kind: "template", template: below(concrete(row), template) };
    },
    anchor(name) {
      const path = fromRoot({ anchor: name, segments: [] }, anchors);
      return path === undefined
        ? { kind: "no_instance", path: name, detail: "no such anchor" }
        : { kind: "row", path: concrete(path), via: [] };
    },
    rows: (template) => rowsOf(template, anchors, rows),
    covers: () => true,
    holds: (subtree) => !lacks(subtree.replace(/\.$/, "")),
    within: make,
  });
  return make(undefined);
}

function rowsOf(template: Template, anchors: ReadonlyMap<string, Anchor>, count: number): Row[] {
  const path = fromRoot(template, anchors) ?? "";
  const instances = path.match(/\{\w+\}/g) ?? [];
  return Array.from({ length: count }, (_, index) => ({
    path: concrete(path, index + 1),
    instances: instances.map(() => String(index + 1)),
  }));
}

/**
 * A device that has everything and holds nothing of what is wanted; where there is a table, some with rows that read free
 * and with rows that do not; for each parameter that the lens needs, one that lacks it and one that has no other; and each
 * of them with a firmware of every range that the lens asks for.
 */
export function devicesFor(lens: Lens, anchors: ReadonlyMap<string, Anchor>): View[] {
  const paths = lens.needs.flatMap((need) => {
    const path = need.kind === "table" ? undefined : fromRoot(need.path, anchors);
    return path === undefined ? [] : [concrete(path)];
  });
  const single = [...new Set(paths)];
  const hasTable = lens.needs.some(({ kind }) => kind === "table");
  const devices: Device[] = [{ text: NOTHING, without: [], rows: 0 }];
  if (hasTable) {
    for (const text of ["", "0"]) devices.push({ text, without: [], rows: ROWS });
  }
  if (single.length > 1) {
    for (const path of single) {
      devices.push({ text: NOTHING, without: [path], rows: 0 });
      devices.push({ text: NOTHING, without: single.filter((one) => one !== path), rows: 0 });
    }
  }
  const ranges = rangesIn(lens, devices, anchors);
  return devices.flatMap((device) => [
    viewOf(device, anchors),
    ...ranges.map((one) => viewOf({ ...device, runs: (range) => range === one }, anchors)),
  ]);
}

/** Ranges of versions that the lens asks one of these devices for. */
function rangesIn(
  lens: Lens,
  devices: readonly Device[],
  anchors: ReadonlyMap<string, Anchor>,
): Range[] {
  const ranges = new Set<Range>();
  const asked = (range: Range): boolean => {
    ranges.add(range);
    return false;
  };
  for (const device of devices) lens.get(viewOf({ ...device, runs: asked }, anchors));
  return [...ranges];
}
