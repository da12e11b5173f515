/** The contract of a manifest kind: all that parsing, comparing, schemas and the API must know of it. */
import type { z } from "zod";
import type { Problem } from "../../lib/errors.ts";

/** Who the record is. Labels are what selectors see. */
export interface Metadata {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A record that this one cannot do without; `pointer` says where it is named. */
interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly pointer: string;
}

export interface KindDef<Name extends string, Spec> {
  readonly kind: Name;
  /** Path below `/v1`: lower case, plural, no hyphen. */
  readonly path: string;
  /** One line for `plumb explain` and the schema. */
  readonly meaning: string;
  /** What people write; parsed values are normal forms with every default filled in, safe to store as JSON. */
  readonly spec: z.ZodType<Spec>;
  /** The whole document for editors, where `spec` leaves the reading to somebody else. */
  readonly document?: z.ZodType;
  /** What a schema of one part cannot see. Pointers are of the whole document. */
  check?(metadata: Metadata, spec: Spec): readonly Problem[];
  references?(spec: Spec): readonly Reference[];
}
