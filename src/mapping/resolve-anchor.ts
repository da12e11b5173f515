/**
 * Which row an anchor chooses on a device. Evidence that was not read decides nothing: if it could change the choice, the
 * anchor is unread, with the path that is missing.
 */
import type { Anchor } from "./anchors.ts";
import { meets } from "./conditions.ts";
import { prefixOf, printTemplate, rowOf, type Row } from "./path.ts";
import type { AnchorState, View } from "./view.ts";

/** A reference walk is given up after so many layers; TR-181 stacks have about six. */
const MAX_STEPS = 8;

export function resolveAnchor(anchor: Anchor, view: View): AnchorState {
  return anchor.kind === "row" ? resolveRow(anchor, view) : resolveFollow(anchor, view);
}

/** The rows to choose from; with `holds` the one around. */
function candidatesOf(
  { row, holds }: Anchor & { kind: "row" },
  view: View,
): readonly Row[] | Exclude<AnchorState, { kind: "row" }> {
  if (holds === null) return view.rows(row);
  const inner = view.anchor(holds);
  if (inner.kind !== "row") return inner;
  const around = rowOf(row, inner.path);
  const detail = `the row of $${holds}, ${inner.path}, does not lie in one`;
  return around === undefined
    ? { kind: "no_instance", path: printTemplate(row), detail }
    : [around];
}

function resolveRow(anchor: Anchor & { kind: "row" }, view: View): AnchorState {
  const path = printTemplate(anchor.row);
  const prefix = prefixOf(anchor.row);
  const candidates = candidatesOf(anchor, view);
  if ("kind" in candidates) return candidates;
  const failed: string[] = [];
  let left: Row[] = [];
  for (const row of candidates) {
    const results = anchor.where.map((test) => ({ test, result: meets(test, row.path, view) }));
    const no = results.find(({ result }) => result === false);
    if (no !== undefined) {
      failed.push(`${row.instances.join(".")}: not ${no.test.print}`);
      continue;
    }
    const missing = results.find(({ result }) => typeof result === "string");
    if (missing !== undefined) return { kind: "unread", path: String(missing.result) };
    left.push(row);
  }
  if (left.length === 0) {
    // Rows that came since the last whole read are not in a read row by row, so "none" needs the whole table.
    if (anchor.holds === null && !view.covers(prefix)) return { kind: "unread", path: prefix };
    const why =
      failed.length === 0
        ? "the table has no rows"
        : `no row fits (${failed.slice(0, 5).join("; ")})`;
    return { kind: "no_instance", path, detail: why };
  }
  for (const test of anchor.prefer) {
    if (left.length === 1) break;
    const results = left.map((row) => ({ row, result: meets(test, row.path, view) }));
    const missing = results.find(({ result }) => typeof result === "string");
    if (missing !== undefined) return { kind: "unread", path: String(missing.result) };
    const passed = results.filter(({ result }) => result === true).map(({ row }) => row);
    if (passed.length > 0) left = passed;
  }
  const only = anchor.pick === "highest" ? left.at(-1) : left[0];
  if (only !== undefined && (left.length === 1 || anchor.pick !== "only")) {
    return { kind: "row", path: only.path, via: [] };
  }
  const rows = left.map((row) => row.instances.join(".")).join(", ");
  return { kind: "ambiguous", path, detail: `rows ${rows} fit equally` };
}

function resolveFollow(anchor: Anchor & { kind: "follow" }, view: View): AnchorState {
  const to = printTemplate(anchor.to);
  const start = view.place(anchor.from);
  if (start.kind !== "path") return start;
  const name = start.path.slice(start.path.lastIndexOf(".") + 1);
  let open = [start.path];
  const seen = new Set<string>();
  for (let step = 0; step < MAX_STEPS && open.length > 0; step += 1) {
    const next: string[] = [];
    for (const path of open) {
      if (seen.has(path)) continue;
      seen.add(path);
      const state = view.state(path);
      if (state.kind === "absent") continue;
      if (state.kind !== "text") return { kind: "unread", path, via: [...seen] };
      for (const reference of references(state.text)) {
        const row = rowOf(anchor.to, reference);
        if (row?.path === reference) return { kind: "row", path: reference, via: [...seen] };
        next.push(`${reference}.${name}`);
      }
    }
    open = next;
  }
  return {
    kind: "no_instance",
    path: to,
    detail: `no reference leads from ${start.path} to ${to}`,
    via: [...seen],
  };
}

/** A list of references, with or without the trailing dot; empty items are no references. */
function references(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim().replace(/\.$/, ""))
    .filter((item) => item !== "");
}
