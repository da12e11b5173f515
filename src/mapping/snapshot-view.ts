/**
 * One snapshot as the steps of a map see it.
 *
 * What the answer said, and what we conclude:
 *   a text                              text, also when it is empty
 *   nil                                 nil: the ACS has no value for a name that it knows. Not empty, not absent; read
 *                                       as *unread* by everything but secrets, which are unreadable anyway
 *   fault 9005 (invalid name)           absent: the CPE itself says that it has no such parameter
 *   any other fault                     unread
 *   not in the answer, subtree covered  absent
 *   not in the answer otherwise         unread
 */
import type { Snapshot } from "../model/parameter.ts";
import type { Anchor } from "./anchors.ts";
import type { Lens } from "./codecs/codec.ts";
import {
  below,
  compareRows,
  prefixOf,
  printTemplate,
  rowOf,
  type Row,
  type Template,
} from "./path.ts";
import { resolveAnchor } from "./resolve-anchor.ts";
import type { Range } from "./version.ts";
import type { AnchorState, NotFound, View } from "./view.ts";

/** CWMP fault "invalid parameter name". */
const INVALID_NAME = 9005;

/** Whether what the device runs lies in a range, as far as that can be told. */
function runs(range: Range, software: Lens | undefined, view: View): boolean | NotFound {
  const got = software?.get(view);
  switch (got?.kind) {
    case undefined: {
      const detail = "the map does not bind device.software-version";
      return { kind: "absent", path: "", detail };
    }
    case "value":
    case "nonconforming": {
      const matches = typeof got.value === "string" ? range.matches(got.value) : "unparsed";
      if (matches !== "unparsed") return matches;
      const path = got.kind === "value" ? (got.paths[0] ?? "") : got.path;
      return { kind: "foreign", path, detail: "is a version that no scheme of the map can read" };
    }
    case "unreadable":
      return { kind: "unread", path: got.path };
    case "absent":
    case "foreign":
    case "no_instance":
    case "ambiguous":
    case "unread":
    case "nil":
      return got;
  }
}

/** @param software the map's binding of `device.software-version` */
export function viewOf(
  snapshot: Snapshot,
  anchors: ReadonlyMap<string, Anchor>,
  software?: Lens,
): View {
  const chosen = new Map<string, AnchorState>();
  const rowsByTemplate = new Map<string, readonly Row[]>();

  const covers = (subtree: string): boolean =>
    snapshot.covered.some((covered) => subtree.startsWith(covered));

  const state = (path: string): ReturnType<View["state"]> => {
    const reading = snapshot.values.get(path);
    if (reading === undefined) return { kind: covers(path) ? "absent" : "unread" };
    if (reading.kind === "value") return { kind: "text", text: reading.text };
    if (reading.kind === "null") return { kind: "nil" };
    return { kind: reading.code === INVALID_NAME ? "absent" : "unread" };
  };

  const holds = (subtree: string): boolean => {
    for (const path of snapshot.values.keys()) {
      if (path.startsWith(subtree) && state(path).kind !== "absent") return true;
    }
    return false;
  };

  const rows = (template: Template): readonly Row[] => {
    const key = printTemplate(template);
    const known = rowsByTemplate.get(key);
    if (known !== undefined) return known;
    const prefix = prefixOf(template);
    const found = new Map<string, Row>();
    for (const path of snapshot.values.keys()) {
      if (!path.startsWith(prefix) || state(path).kind === "absent") continue;
      const row = rowOf(template, path);
      if (row !== undefined) found.set(row.path, row);
    }
    const sorted = [...found.values()].sort(compareRows);
    rowsByTemplate.set(key, sorted);
    return sorted;
  };

  const anchor = (name: string): AnchorState => {
    const found = anchors.get(name);
    // Cannot happen in a loaded map: unknown anchors are refused when it is compiled.
    if (found === undefined)
      return { kind: "no_instance", path: `$${name}`, detail: "no such anchor" };
    const result = chosen.get(name) ?? resolveAnchor(found, make(null));
    chosen.set(name, result);
    return result;
  };

  const make = (current: string | null): View => {
    const rowAt = (name: string): AnchorState =>
      name === "row" && current !== null ? { kind: "row", path: current, via: [] } : anchor(name);
    const view: View = {
      runs: (range) => runs(range, software, make(null)),
      state,
      covers,
      holds,
      rows,
      within: (row) => make(row),
      anchor,
      rooted(template) {
        if (template.anchor === null) return { kind: "template", template };
        const row = rowAt(template.anchor);
        return row.kind === "row" ? { kind: "template", template: below(row.path, template) } : row;
      },
      place(template) {
        if (template.anchor === null) return { kind: "path", path: printTemplate(template) };
        const row = rowAt(template.anchor);
        if (row.kind !== "row") return row;
        const rest = printTemplate({ anchor: null, segments: template.segments });
        return { kind: "path", path: rest === "" ? row.path : `${row.path}.${rest}` };
      },
    };
    return view;
  };
  return make(null);
}
