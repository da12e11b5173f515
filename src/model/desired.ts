/** What changed between two states of a desired document, as RFC 6902 operations: the form that history keeps. */
import jsonPatch, { type Operation } from "fast-json-patch";

/** From `before` to `after`; empty when they are equal. Both stand without secrets: a password is its version. */
export function changesBetween(before: object, after: object): Operation[] {
  return jsonPatch.compare(before, after);
}
