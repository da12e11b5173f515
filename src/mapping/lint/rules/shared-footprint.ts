/**
 * Law Disjoint: two bindings of one map that keep a value in the same parameter would undo each other for ever. Where one
 * of them only reads what the other one writes, the first changes whenever the second does, which is a warning.
 */
import { canonicalJson } from "../../../lib/hash.ts";
import type { Subject } from "../subject.ts";
import type { Use } from "../uses.ts";
import type { Found, Rule } from "./rule.ts";

const OPEN = /\{\w+\}/;

/** `1` and `{x}` may be the same row, `1` and `2` never are. */
function sameSegment(a: string, b: string): boolean {
  if (a === b) return true;
  if (OPEN.test(a) && OPEN.test(b)) return a.replace(OPEN, "") === b.replace(OPEN, "");
  const [open, name] = OPEN.test(a) ? [a, b] : [b, a];
  const [before = "", after] = open.split(OPEN);
  if (after === undefined || !name.startsWith(before) || !name.endsWith(after)) return false;
  return /^\d+$/.test(name.slice(before.length, name.length - after.length));
}

function samePath(a: Use, b: Use): boolean {
  const [left, right] = [a.path.split("."), b.path.split(".")];
  // Rows that are added and deleted take all with them that lies in them.
  const within =
    (a.purpose === "rows" && right.length >= left.length) ||
    (b.purpose === "rows" && left.length >= right.length) ||
    left.length === right.length;
  const shorter = Math.min(left.length, right.length);
  return within && left.slice(0, shorter).every((part, at) => sameSegment(part, right[at] ?? ""));
}

/** Two anchors are taken to choose different rows, unless they are written alike. */
function sameRow(a: Use, b: Use, { map }: Subject): boolean {
  if (a.anchor === null || b.anchor === null || a.anchor === b.anchor) return true;
  const [left, right] = [map.anchors.get(a.anchor)?.value, map.anchors.get(b.anchor)?.value];
  return canonicalJson(left ?? null) === canonicalJson(right ?? null);
}

const holds = ({ purpose }: Use): boolean => purpose === "value" || purpose === "rows";

export const sharedFootprint: Rule = {
  name: "shared_footprint",
  meaning: "two bindings keep something in one parameter, and do not both say shares",
  check(subject) {
    const found: Found[] = [];
    for (const [index, one] of subject.bindings.entries()) {
      for (const other of subject.bindings.slice(index + 1)) {
        if (one.text.shares === true && other.text.shares === true) continue;
        const pair = one.uses.filter(holds).flatMap((a) =>
          other.uses
            .filter((b) => holds(b) && (a.written || b.written))
            .filter((b) => samePath(a, b) && sameRow(a, b, subject))
            .map((b) => ({ a, b })),
        )[0];
        if (pair === undefined) continue;
        const { a, b } = pair;
        const both = a.written && b.written;
        const message = both
          ? `${one.logical} and ${other.logical} both write ${b.path} and would undo each other; if they may, both have to say shares: true`
          : `${a.written ? one.logical : other.logical} writes ${b.path}, from which ${a.written ? other.logical : one.logical} reads; if that is meant, both say shares: true`;
        found.push({
          severity: both ? "error" : "warning",
          file: b.file,
          pointer: b.pointer,
          message,
        });
      }
    }
    return found;
  },
};
