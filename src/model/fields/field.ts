/** The contract of a desired-state field: all that the rest of the program must know of it. */
import type { z } from "zod";
import type { LogicalValues } from "../logical.ts";

/**
 * One way to carry a field on a device: the resolved map must bind every `required` logical parameter; `optional` ones
 * are written where the map has them. Exactly one carrier of a field must fit, otherwise the field is unmapped there.
 */
export interface Carrier {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

export interface FieldDef<Name extends string, Value> {
  readonly name: Name;
  /** One line for `plumb explain`, the schema and the page. */
  readonly meaning: string;
  /** What people and billing write; parsed values are normal forms. */
  readonly schema: z.ZodType<Value>;
  readonly carriers: readonly Carrier[];
  /** Steps of a lower phase go first in a plan. */
  readonly phase: number;
  /** A change of this field is a customer's matter and goes before everything else. */
  readonly urgent: boolean;
  /** A change of it for many devices is spread over hours: nobody waits for it, and it touches the way to the ACS. */
  readonly paced?: true;
  toLogical(value: Value, carrier: Carrier): LogicalValues;
}
