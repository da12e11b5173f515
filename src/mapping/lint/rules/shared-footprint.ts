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

/** What keeps something on the device: a binding, or the marker of an action. */
interface Keeper {
  readonly name: string;
  readonly shares: boolean;
  readonly uses: readonly Use[];
}

function keepersOf({ bindings, uses }: Subject): Keeper[] {
  const bound = bindings.map((one) => ({
    name: one.logical,
    shares: one.text.shares === true,
    uses: one.uses.filter(holds),
  }));
  const markers = uses
    .filter((use) => use.logical === null && holds(use))
    .map((use) => ({ name: "the marker of an action", shares: false, uses: [use] }));
  return [...bound, ...markers];
}

function meeting(one: Keeper, other: Keeper, subject: Subject): Found | undefined {
  for (const a of one.uses) {
    for (const b of other.uses) {
      // What the marker of an action holds may be shown.
      const isMarked = a.logical === null || b.logical === null;
      if (isMarked ? !a.written || !b.written : !a.written && !b.written) continue;
      if (!samePath(a, b) || !sameRow(a, b, subject)) continue;
      const place = { file: b.file, pointer: b.pointer };
      if (a.written && b.written) {
        const message = `${one.name} and ${other.name} both write ${b.path} and would undo each other; if they may, both have to say shares: true`;
        return { severity: "error", ...place, message };
      }
      const [writer, reader] = a.written ? [one, other] : [other, one];
      const message = `${writer.name} writes ${b.path}, from which ${reader.name} reads; if that is meant, both say shares: true`;
      return { severity: "warning", ...place, message };
    }
  }
  return undefined;
}

export const sharedFootprint: Rule = {
  name: "shared_footprint",
  meaning: "two bindings keep something in one parameter, and do not both say shares",
  check(subject) {
    const keepers = keepersOf(subject);
    return keepers.flatMap((one, index) =>
      keepers.slice(index + 1).flatMap((other) => {
        const found = one.shares && other.shares ? undefined : meeting(one, other, subject);
        return found === undefined ? [] : [found];
      }),
    );
  },
};
