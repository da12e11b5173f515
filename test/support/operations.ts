/** Calls that only set, as lists of their edits and back. */
import type { Edit, Operation } from "../../src/model/parameter.ts";

export const setOf = (...edits: readonly Edit[]): Operation => ({ kind: "set", edits });

/** Throws for a call that does something else: the test did not expect one. */
export function editsOf(operation: Operation): readonly Edit[] {
  if (operation.kind !== "set")
    throw new Error(`a call that sets was expected, not ${operation.kind}`);
  return operation.edits;
}
