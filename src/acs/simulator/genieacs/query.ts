/**
 * Filters, projections and sorts of the NBI, as far as genieacs-nbi.md 2 shows them. An operator that the real one does
 * not know ends its worker (0.11); here it is `BadQuery`.
 */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
type Plain = Record<string, Json>;

export class BadQuery extends Error {}

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a text may stand for in a filter: itself, a number, a time, a pattern with stars. */
function meanings(operand: Json): (Json | RegExp)[] {
  if (typeof operand !== "string") return [operand];
  const found: (Json | RegExp)[] = [operand];
  if (operand.trim() !== "" && !Number.isNaN(Number(operand))) found.push(Number(operand));
  if (operand.includes("*")) {
    const parts = operand.split("*").map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, "\\$&"));
    found.push(new RegExp(`^${parts.join(".*")}$`));
  }
  return found;
}

function equals(value: Json | undefined, operand: Json): boolean {
  const candidates = Array.isArray(value) ? value : [value];
  return meanings(operand).some((meaning) =>
    candidates.some((one) =>
      meaning instanceof RegExp ? typeof one === "string" && meaning.test(one) : one === meaning,
    ),
  );
}

/** Times are ISO texts of one form, so they compare as texts. */
function compare(value: Json | undefined, operand: Json): number | undefined {
  for (const meaning of meanings(operand)) {
    if (typeof meaning === "string" && typeof value === "string") {
      return value < meaning ? -1 : Number(value > meaning);
    }
    if (typeof meaning === "number" && typeof value === "number") return value - meaning;
  }
  return undefined;
}

const OPERATORS: Readonly<Record<string, (value: Json | undefined, operand: Json) => boolean>> = {
  $eq: equals,
  $ne: (value, operand) => !equals(value, operand),
  $gt: (value, operand) => (compare(value, operand) ?? 0) > 0,
  $lt: (value, operand) => (compare(value, operand) ?? 0) < 0,
  $exists: (value, operand) => (value !== undefined) === (operand === true),
};

/** Reads one value of a document by its path; for a parameter without a member its `_value` is meant. */
export type Lookup = (path: string) => Json | undefined;

/** @throws BadQuery for an operator that was never seen to work */
export function matches(filter: Plain, lookup: Lookup): boolean {
  return Object.entries(filter).every(([path, condition]) => {
    if (path === "$and" || path === "$or") {
      const parts = (Array.isArray(condition) ? condition : []).filter(isPlain);
      const hits = parts.map((part) => matches(part, lookup));
      return path === "$and" ? hits.every(Boolean) : hits.some(Boolean);
    }
    if (path.startsWith("$")) throw new BadQuery(path);
    const value = lookup(path);
    if (!isPlain(condition)) return equals(value, condition);
    return Object.entries(condition).every(([operator, operand]) => {
      const test = OPERATORS[operator];
      if (test === undefined) throw new BadQuery(operator);
      return test(value, operand);
    });
  });
}

/** Include only; `_id` always comes along, and objects on the way stay as empty shells. */
export function project(document: Plain, projection: readonly string[] | null): Plain {
  if (projection === null) return document;
  const found: Plain = {};
  for (const path of ["_id", ...projection]) copyPath(document, found, path.split("."));
  return found;
}

function copyPath(from: Plain, to: Plain, segments: readonly string[]): void {
  const [name = "", ...rest] = segments;
  const value = from[name];
  if (value === undefined) return;
  if (rest.length === 0) {
    to[name] = value;
    return;
  }
  if (!isPlain(value)) return;
  const shell = to[name];
  const next: Plain = isPlain(shell) ? shell : {};
  to[name] = next;
  copyPath(value, next, rest);
}

export function sorted<T>(
  items: readonly T[],
  sort: Plain,
  lookup: (item: T, path: string) => Json | undefined,
): readonly T[] {
  const keys = Object.entries(sort);
  return [...items].sort((a, b) => {
    for (const [path, direction] of keys) {
      const order = compare(lookup(a, path) ?? "", lookup(b, path) ?? "") ?? 0;
      if (order !== 0) return direction === -1 ? -order : order;
    }
    return 0;
  });
}
