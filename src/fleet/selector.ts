/**
 * What a selector means. The language itself is in `selector-text.ts`.
 *
 * What is not known yet (a model that was never read) matches no term, not even `!=`: unknown is not different (I5).
 * A label that a device does not have satisfies `!=`, `notin` and `!name`, as in Kubernetes.
 */
import type { DeviceFacts, DeviceIdentity } from "../model/device.ts";
import type { State } from "../model/status.ts";
import { BARE, type Selector, type Term } from "./selector-text.ts";

export { isReservedName, LABEL_NAME, parseSelector } from "./selector-text.ts";
export type { Selector, SelectorUse, Term } from "./selector-text.ts";

/** By name. `null` is "not known yet"; an absent member is "has no such label". */
export type Attributes = Readonly<Record<string, string | null | undefined>>;

/** What selectors see of a device. Labels cannot hide our own names: `isReservedName` keeps them out of records. */
export function attributesOf(
  device: {
    readonly id: string;
    readonly acs: string;
    readonly identity: DeviceIdentity;
    readonly facts: Pick<DeviceFacts, "modelName" | "softwareVersion">;
    readonly labels: Readonly<Record<string, string>>;
  },
  state: State | null,
): Attributes {
  return {
    ...device.labels,
    id: device.id,
    acs: device.acs,
    oui: device.identity.oui,
    productClass: device.identity.productClass ?? undefined,
    serial: device.identity.serial,
    model: device.facts.modelName,
    firmware: device.facts.softwareVersion,
    state,
  };
}

function valueOf(attributes: Attributes, name: string): string | null | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function holds(term: Term, attributes: Attributes): boolean {
  const value = valueOf(attributes, term.name);
  if (value === null) return false;
  switch (term.kind) {
    case "in":
      return value !== undefined && term.values.includes(value);
    case "notin":
      return value === undefined || !term.values.includes(value);
    case "has":
      return value !== undefined;
    case "lacks":
      return value === undefined;
  }
}

export function matches(selector: Selector, attributes: Attributes): boolean {
  return selector.terms.every((term) => holds(term, attributes));
}

/** One term that a device does not satisfy, and why, as a sentence for an operator. */
export interface Mismatch {
  readonly term: string;
  readonly because: string;
}

/** Every term that keeps the device out, in the order of the text; empty when it matches. */
export function explain(selector: Selector, attributes: Attributes): readonly Mismatch[] {
  return selector.terms
    .filter((term) => !holds(term, attributes))
    .map((term) => ({ term: printTerm(term), because: reason(term, attributes) }));
}

function reason(term: Term, attributes: Attributes): string {
  const value = valueOf(attributes, term.name);
  if (value === null) return `${term.name} is not known yet`;
  if (value === undefined) return `${term.name} is not set`;
  return `${term.name} is ${printValue(value)}`;
}

/** Rank between profiles: the number of different terms. `all` has none, so anything goes before it. */
export function specificity(selector: Selector): number {
  return new Set(selector.terms.map(printTerm)).size;
}

/** The normal form: parsing it gives the same selector again. */
export function printSelector(selector: Selector): string {
  return selector.terms.length === 0 ? "all" : selector.terms.map(printTerm).join(",");
}

function printTerm(term: Term): string {
  switch (term.kind) {
    case "has":
      return term.name;
    case "lacks":
      return `!${term.name}`;
    case "in":
    case "notin": {
      const values = term.values.map(printValue);
      if (values.length === 1)
        return `${term.name}${term.kind === "in" ? "=" : "!="}${values[0] ?? ""}`;
      return `${term.name} ${term.kind} (${values.join(",")})`;
    }
  }
}

function printValue(value: string): string {
  const bare = value !== "" && Array.from(value).every((char) => BARE.test(char));
  return bare ? value : `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
