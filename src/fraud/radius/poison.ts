/** Records that are kept aside: a 4xx would make the NAS send them for ever, so they are stored, counted and told. */
import type { AttributeName, Shape } from "./attributes.ts";

export const POISON = {
  too_large: "the body is larger than any RADIUS packet makes it",
  not_json: "the body is not JSON: the rest module needs body = 'json'",
  not_an_object: "the body is JSON and no object of attributes",
  bad_attribute: "an attribute has not the form that rlm_rest gives it",
  no_status: "an accounting record without Acct-Status-Type",
  unknown_status: "an Acct-Status-Type that is none of a session or of a NAS",
  no_session: "an accounting record that names no session",
  refused: "the database refused the record: a mistake of ours",
} as const;

export type PoisonReason = keyof typeof POISON;

export interface Poison {
  readonly reason: PoisonReason;
  /** The attribute that is at fault, where it is one. */
  readonly attribute: AttributeName | null;
  readonly shape: Shape;
}
