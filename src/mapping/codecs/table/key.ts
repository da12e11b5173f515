/** What tells the entries of a list apart, and the order in which a set is shown. */
import { canonicalJson } from "../../../lib/hash.ts";
import { isRecord, type Plain } from "../codec.ts";

/** The key of an entry as canonical text; null where entries have none, as twins may stand in a list. */
export type KeyOf = ((entry: Plain) => string) | null;

/** @param members of the record that each entry is; undefined where an entry is its own key */
export function keyOf(members: readonly string[] | undefined): (entry: Plain) => string {
  return (entry) =>
    canonicalJson(
      members !== undefined && isRecord(entry) ? members.map((name) => entry[name] ?? null) : entry,
    );
}

const ordered = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** Numbers as numbers, texts as texts, records by the members of `key` in turn, and what is left by its canonical text. */
function compare(a: Plain, b: Plain, key: readonly string[]): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return ordered(a, b);
  if (isRecord(a) && isRecord(b)) {
    for (const name of key) {
      const difference = compare(a[name] ?? "", b[name] ?? "", []);
      if (difference !== 0) return difference;
    }
  }
  return ordered(canonicalJson(a), canonicalJson(b));
}

/** A set sorted by its key, each entry once; a list as it stands. */
export function sorted(
  entries: readonly Plain[],
  order: "set" | "index",
  key: readonly string[],
): readonly Plain[] {
  if (order === "index") return entries;
  const unique = new Map(entries.map((entry) => [canonicalJson(entry), entry]));
  return [...unique.values()].sort((a, b) => compare(a, b, key));
}

/** Entries whose key stood before. */
export function twinsIn<E>(entries: readonly E[], keyOfEntry: (entry: E) => string): E[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const key = keyOfEntry(entry);
    const isTwin = seen.has(key);
    seen.add(key);
    return isTwin;
  });
}
