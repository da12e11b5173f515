/** Both directions of one bound parameter: what a device holds as a logical value, and what has to be written for one. */
import { sameValue, type LogicalValue, type Observation } from "../model/logical.ts";
import type { Bound } from "./bound.ts";
import { NO_EDITS, refused, type Plain } from "./codecs/codec.ts";
import type { PutResult } from "./mapper.ts";
import { observationOf, obstacle } from "./outcomes.ts";
import type { View } from "./view.ts";

/** Logical values are plain data; only their readonly-ness differs. */
const plain = (value: LogicalValue): Plain => value;

export const getBound = ({ lens, type }: Bound, view: View): Observation =>
  observationOf(lens.get(view), type);

/** As `get` would show it once written: a set sorted, a realm in lower case. */
function shownForm({ lens, type, binding }: Bound, form: LogicalValue, view: View): LogicalValue {
  if (binding.secret) return form;
  const shown = lens.normal(plain(form), view);
  const back = shown.ok ? type.parse(shown.value) : undefined;
  return back === undefined ? form : back; // null is a value
}

export function putBound(bound: Bound, value: LogicalValue, view: View): PutResult {
  const { lens, type, binding } = bound;
  const { logical } = binding;
  if (binding.observeOnly)
    return refused("observe_only", lens.place, `${logical} can be read, not written`);
  const form = type.parse(value);
  if (form === undefined) return refused("domain", lens.place, `is not a value of ${logical}`);
  const got = lens.get(view);
  const observed = observationOf(got, type);
  // First of all: what is there already is never refused and never written, also when we would not say it that way.
  if (observed.kind === "value" && sameValue(observed.value, shownForm(bound, form, view)))
    return NO_EDITS;
  const never = type.never(form);
  if (never !== undefined) return refused("domain", lens.place, never);
  const sayable = lens.normal(plain(form), view);
  if (!sayable.ok) return refused(sayable.code, lens.place, sayable.message);
  return obstacle(got, observed, bound.overwriteForeign) ?? lens.put(sayable.value, view);
}
