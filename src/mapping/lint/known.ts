/** What is known of a parameter: what the standard says, with what the map declares of its device laid over it. */
import { declaredBy, type Declaration, type Declares } from "../declares.ts";
import type { Facets, Range, Size } from "../standard/facets.ts";
import type { Finding, Standard } from "../standard/standard.ts";

export interface Known {
  readonly finding: Finding;
  /** The map declares the path, a branch around it, or something below it. */
  readonly declared: boolean;
  /** Null: nobody says what it may hold. */
  readonly facets: Facets | null;
  /** Of an object: can rows be added and deleted. Null: nobody says. */
  readonly writable: boolean | null;
  readonly secret: boolean;
  readonly command: boolean;
}

export function knowledgeOf(standard: Standard, declares: Declares): (path: string) => Known {
  const declared = declaredBy(declares);
  return (path) => {
    const finding = standard.lookup(path);
    const { own, known } = declared(path);
    const parameter = finding.kind === "parameter" ? finding : null;
    // A switch that reads back false is nothing to hide; a write of it starts something.
    const isSwitch = parameter?.hidden === true && parameter.type === "boolean";
    const standardWritable =
      finding.kind === "parameter" || finding.kind === "object" ? finding.writable : null;
    return {
      finding,
      declared: known,
      facets: facetsOf(parameter, own),
      writable: own?.writable ?? standardWritable,
      secret: own?.secret === true || (parameter?.hidden === true && !isSwitch),
      command: own?.command ?? (parameter?.command === true || isSwitch),
    };
  };
}

const NO_LIMITS = { list: false, named: null, words: [], ranges: [], sizes: [] };

function facetsOf(parameter: Facets | null, own: Declaration | undefined): Facets | null {
  if (own === undefined) return parameter;
  const { type, list, enum: words, range, size } = own;
  if ([type, list, words, range, size].every((facet) => facet === undefined)) return parameter;
  // Of another type, the limits of the standard mean nothing; of the same type stated anew, only its form is dropped.
  const base: Facets =
    parameter === null || (type !== undefined && type !== parameter.type)
      ? { type: type ?? "string", ...NO_LIMITS }
      : { ...parameter, named: type === undefined ? parameter.named : null };
  return {
    ...base,
    list: list ?? base.list,
    words: words ?? base.words,
    ranges: range === undefined ? base.ranges : pairs(range).map(rangeOf),
    sizes: size === undefined ? base.sizes : pairs(size).map(sizeOf),
  };
}

type Pair = readonly [number | null, number | null];

const isPair = (given: Pair | readonly Pair[]): given is Pair =>
  !Array.isArray(given[0]) && given.length === 2;
const pairs = (given: Pair | readonly Pair[]): readonly Pair[] => (isPair(given) ? [given] : given);
const bigintOf = (number: number | null): bigint | null =>
  number === null ? null : BigInt(number);
const rangeOf = ([min, max]: Pair): Range => ({ min: bigintOf(min), max: bigintOf(max), step: 1n });
const sizeOf = ([min, max]: Pair): Size => ({ min, max });
