/**
 * What a match says of a device, and what two matches have to do with each other. A fact that nobody knows neither fits
 * nor contradicts.
 */
import type { DeviceFacts } from "../model/device.ts";
import { prefixesMeet } from "./pattern-prefix.ts";
import type { Matcher, TextTerm, Wanted } from "./match.ts";

/** One term and what it came to. */
export interface Verdict {
  /** As people see it: `modelName`, `has Device.X`. */
  readonly term: string;
  readonly is: "right" | "wrong" | "unknown" | "unparsed";
  /** Why it is wrong or unparsed. */
  readonly why: string;
}

function judgeText(wanted: Wanted, have: string | null): Verdict {
  const { term, print } = wanted;
  if (have === null) return { term, is: "unknown", why: "" };
  const result = wanted.test(have);
  if (result === true) return { term, is: "right", why: "" };
  // Answers are kept for devices of a kind, so a serial number is not named.
  const said = term === "serial" ? "another" : `"${have}"`;
  if (result === false) return { term, is: "wrong", why: `${term} is ${said} and not ${print}` };
  const why = `UNPARSED_VERSION: ${term} "${have}" cannot be compared with ${print}`;
  return { term, is: "unparsed", why };
}

function judgePresence(term: string, is: boolean | undefined, should: boolean): Verdict {
  if (is === undefined) return { term, is: "unknown", why: "" };
  return is === should
    ? { term, is: "right", why: "" }
    : { term, is: "wrong", why: `it does not fit "${term}"` };
}

export function judge({ wanted, has, lacks }: Matcher, facts: DeviceFacts): Verdict[] {
  const { presence } = facts;
  return [
    ...wanted.map((one) => judgeText(one, facts[one.term])),
    ...has.map((path) => judgePresence(`has ${path}`, presence[path], true)),
    ...lacks.map((path) => judgePresence(`lacks ${path}`, presence[path], false)),
  ];
}

const find = ({ wanted }: Matcher, term: TextTerm): Wanted | undefined =>
  wanted.find((one) => one.term === term);

/** Is every text that fits the one sure to fit the other? Only where that is plain. */
const narrower = (one: Wanted, other: Wanted): boolean =>
  one.texts === null
    ? one.print === other.print
    : one.texts.every((text) => other.test(text) === true);

/** Does every device that fits `a` fit `b`? "No" where that cannot be seen. */
export function implies(a: Matcher, b: Matcher): boolean {
  const inAll = (paths: readonly string[], known: readonly string[]): boolean =>
    paths.every((path) => known.includes(path));
  return (
    inAll(b.has, a.has) &&
    inAll(b.lacks, a.lacks) &&
    b.wanted.every((other) => {
      const one = find(a, other.term);
      return one !== undefined && narrower(one, other);
    })
  );
}

function textsMeet(one: Wanted, other: Wanted): boolean {
  if (one.texts !== null) return one.texts.some((text) => other.test(text) === true);
  if (other.texts !== null) return textsMeet(other, one);
  // Two patterns are assumed to meet, unless they plainly begin with other letters.
  if (one.range === null || other.range === null) return prefixesMeet(one.prefixes, other.prefixes);
  return one.range.overlaps(other.range);
}

/** Can one device fit both? A term that one of them lacks cannot keep them apart. */
export function canMeet(a: Matcher, b: Matcher): boolean {
  if (a.has.some((path) => b.lacks.includes(path))) return false;
  if (a.lacks.some((path) => b.has.includes(path))) return false;
  return a.wanted.every((one) => {
    const other = find(b, one.term);
    return other === undefined || textsMeet(one, other);
  });
}

/** The same facts, and for those that nobody knows: what a device that fits `a` says of itself. */
export function judgeAssuming(b: Matcher, facts: DeviceFacts, a: Matcher): Verdict[] {
  return judge(b, facts).map((verdict): Verdict => {
    if (verdict.is !== "unknown") return verdict;
    const [word = "", path = ""] = verdict.term.split(" ");
    if (path !== "") {
      const [same, opposite] = word === "has" ? [a.has, a.lacks] : [a.lacks, a.has];
      if (same.includes(path)) return { ...verdict, is: "right" };
      return opposite.includes(path) ? { ...verdict, is: "wrong" } : verdict;
    }
    const other = b.wanted.find(({ term }) => term === verdict.term);
    const one = other === undefined ? undefined : find(a, other.term);
    if (one === undefined || other === undefined) return verdict;
    if (narrower(one, other)) return { ...verdict, is: "right" };
    return textsMeet(one, other) ? verdict : { ...verdict, is: "wrong" };
  });
}
