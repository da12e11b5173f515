/**
 * Ranges of versions: `>=a <b`, several with `||`; also `>`, `<=`, and `=` or nothing for the very version. A bound is a
 * version of the scheme, in double quotes if it holds blanks; for regex it is what the groups hold, with "/" between, and
 * may leave out the last ones (`>=220820/52419`, `>=220820`).
 *
 * A text that the scheme cannot read is unparsed: it lies in no range.
 */
import {
  compareVersions,
  readerOf,
  type Fault,
  type RangeSpec,
  type Reader,
  type Version,
} from "./version-schemes.ts";

export { rangeSchema, type RangeSpec } from "./version-schemes.ts";

export interface Range {
  matches(text: string): boolean | "unparsed";
  /** Can one version lie in both? Ranges of two schemes are assumed to meet. */
  overlaps(other: Range): boolean;
  /** By which order it compares; two ranges of different orders cannot be compared. */
  readonly order: string;
  readonly spans: readonly Span[];
}

/** From `low` to `high`; null is open. */
interface Span {
  readonly low: Bound | null;
  readonly high: Bound | null;
}
interface Bound {
  readonly version: Version;
  readonly inclusive: boolean;
}

/** Longer than any version that a device has told. */
const MAX_TEXT = 256;

const tighter = (a: Bound | null, b: Bound | null, sign: 1 | -1): Bound | null => {
  if (a === null || b === null) return a ?? b;
  const order = sign * compareVersions(a.version, b.version);
  if (order === 0) return a.inclusive ? b : a;
  return order > 0 ? a : b;
};

const meet = (a: Span, b: Span): Span => ({
  low: tighter(a.low, b.low, 1),
  high: tighter(a.high, b.high, -1),
});

/** Between two versions there may always be a third, so only the ends can make a span empty. */
function isEmpty({ low, high }: Span): boolean {
  if (low === null || high === null) return false;
  const order = compareVersions(low.version, high.version);
  return order > 0 || (order === 0 && !(low.inclusive && high.inclusive));
}

function parseSpan(text: string, reader: Reader): Span | Fault {
  let span: Span = { low: null, high: null };
  let rest = text.trim();
  if (rest === "") return { fault: "one side of || is empty" };
  while (rest !== "") {
    const found = /^(>=|<=|>|<|=)?\s*(?:"([^"]*)"|([^\s"<>=|]+))\s*/.exec(rest);
    if (found === null) return { fault: `cannot read "${rest}" as a range, as >=1.2 <2` };
    const [all, operator = "=", quoted, plain] = found;
    const version = reader.bound(quoted ?? plain ?? "");
    if (version === null)
      return { fault: `"${quoted ?? plain ?? ""}" is no version of the scheme` };
    const bound = { version, inclusive: operator.includes("=") };
    const low = operator.startsWith("<") ? null : bound;
    const high = operator.startsWith(">") ? null : bound;
    span = meet(span, { low, high });
    rest = rest.slice(all.length);
  }
  return isEmpty(span) ? { fault: `no version lies in "${text.trim()}"` } : span;
}

/** Never throws; a fault says what is wrong with the range, for the place where it is written. */
export function parseRange(spec: RangeSpec): Range | Fault {
  const reader = readerOf(spec);
  if ("fault" in reader) return reader;
  const spans: Span[] = [];
  for (const text of spec.range.split("||")) {
    const span = parseSpan(text, reader);
    if ("fault" in span) return span;
    spans.push(span);
  }
  const order = JSON.stringify([spec.scheme, spec.pattern ?? spec.strip ?? ""]);
  return {
    order,
    spans,
    matches(text) {
      const version = text.length > MAX_TEXT ? null : reader.version(text);
      if (version === null) return "unparsed";
      const point = { version, inclusive: true };
      return spans.some((span) => !isEmpty(meet(span, { low: point, high: point })));
    },
    overlaps: (other) =>
      other.order !== order ||
      spans.some((span) => other.spans.some((theirs) => !isEmpty(meet(span, theirs)))),
  };
}
