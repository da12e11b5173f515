/**
 * Edge values of a domain, each in normal form: bounds and their neighbours, what is empty, separators, letters beyond
 * ASCII, every word, every example. Always the same ones, so that a finding of the linter can be repeated.
 */
import { Secret } from "../../lib/secret.ts";
import { sameValue, type LogicalValue } from "../../model/logical.ts";
import { conform } from "./conform.ts";
import type { Domain, ListDomain } from "./domain.ts";

const TEXTS = ["", "a", "A b", " a ", "a@b.example", "a,b;c_d/e", "0", "üß漢😀"];
const pad = (length: number): string => "xY7".repeat(Math.ceil(length / 3)).slice(0, length);

export function samples(domain: Domain): readonly LogicalValue[] {
  const made = edges(domain)
    .map((value) => conform(domain, value))
    .filter((value) => value !== undefined);
  return made.filter((one, at) => made.findIndex((other) => sameValue(one, other)) === at);
}

function edges(domain: Domain): readonly LogicalValue[] {
  switch (domain.kind) {
    case "text":
      return [...(domain.examples ?? []), ...TEXTS, pad(domain.max)];
    case "digits":
      return [domain.min, domain.max].flatMap((length) => [
        "0".repeat(length),
        "9".repeat(length),
        "0123456789".repeat(Math.ceil(length / 10)).slice(0, length),
      ]);
    case "integer":
      return [
        ...[domain.min, domain.min + 1, 0, 1, domain.max - 1, domain.max],
        ...(domain.examples ?? []),
      ];
    case "boolean":
      return [false, true];
    case "word":
      return domain.words;
    case "mac":
      return ["00:00:00:00:00:00", "02:00:5e:10:00:af", "ff:ff:ff:ff:ff:ff"];
    case "ipv4":
      return ["0.0.0.0", "192.0.2.1", "203.0.113.254", "255.255.255.255"];
    case "secret":
      return [domain.min, domain.max].map((length) => new Secret(pad(length)));
    case "nothing-or":
      return [null, ...samples(domain.of)];
    case "record":
      return records(domain.members);
    case "list":
      return lists(domain);
  }
}

/** Each edge of each member once, beside the middle of the others: bounds meet bounds in the first and last record. */
function records(members: Readonly<Record<string, Domain>>): LogicalValue[] {
  const columns = Object.entries(members).map(([name, domain]) => [name, samples(domain)] as const);
  const longest = Math.max(...columns.map(([, values]) => values.length));
  const row = (pick: (values: readonly LogicalValue[], column: number) => number): LogicalValue =>
    Object.fromEntries(
      columns.map(([name, values], column) => [name, values[pick(values, column)] ?? null]),
    );
  const middle = (values: readonly LogicalValue[]): number => Math.floor(values.length / 2);
  const made = [row(() => 0), row((values) => values.length - 1)];
  for (const [varied] of columns.entries()) {
    for (let at = 0; at < longest; at += 1) {
      made.push(row((values, column) => (column === varied ? at : middle(values))));
    }
  }
  return made;
}

/** None, each entry alone, all of them in both orders, and as many as fit. */
function lists({ of, order, max }: ListDomain): LogicalValue[] {
  const entries = samples(of);
  const some = entries.slice(0, max);
  const full = Array.from({ length: max }, (_, index) => entries[index % entries.length] ?? null);
  const long = order === "kept" && entries.length > 0 ? [full] : [];
  return [[], ...entries.map((entry) => [entry]), some, some.toReversed(), ...long];
}
