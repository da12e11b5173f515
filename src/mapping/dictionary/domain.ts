/**
 * Which values a logical parameter can have, as plain data: parsing, edge values, generators of tests, schemas and the
 * reference page all read this one description. It says what may exist and be read; what may not be written although it
 * exists (an empty scan list) is said by the type.
 *
 * Text is counted in characters and is well-formed Unicode. Integers are safe integers, bounds inclusive. `examples` are
 * values as they are really met, where bounds alone would hardly ever lead to one that may be written.
 */
export type Domain =
  /** `fold: "lower"`: upper and lower case mean the same, and the lower one is the normal form. */
  | {
      readonly kind: "text";
      readonly max: number;
      readonly fold?: "lower";
      readonly examples?: readonly string[];
    }
  /** Decimal digits as text: leading zeros count, and nobody calculates with it. */
  | { readonly kind: "digits"; readonly min: number; readonly max: number }
  | {
      readonly kind: "integer";
      readonly min: number;
      readonly max: number;
      readonly unit?: string;
      readonly examples?: readonly number[];
    }
  | { readonly kind: "boolean" }
  | { readonly kind: "word"; readonly words: readonly string[]; readonly unit?: string }
  /** Normal form: six pairs in lower case with colons. */
  | { readonly kind: "mac" }
  /** Normal form: four numbers without leading zeros. */
  | { readonly kind: "ipv4" }
  | { readonly kind: "secret"; readonly min: number; readonly max: number }
  /** `null` is a value of its own: untagged, not locked, automatic. */
  | { readonly kind: "nothing-or"; readonly of: Domain; readonly nothing: string }
  /** Exactly these members. */
  | { readonly kind: "record"; readonly members: Readonly<Record<string, Domain>> }
  /** Normal form of a `set`: sorted, each entry once. `kept`: the order means something. */
  | ListDomain;

export interface ListDomain {
  readonly kind: "list";
  readonly of: Domain;
  readonly order: "set" | "kept";
  readonly max: number;
}
