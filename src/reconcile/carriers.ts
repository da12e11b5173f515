/** Which logical parameters carry a field through a map: exactly one group has to fit, or the field is unmapped there. */
import { jointEffect } from "../mapping/arrange.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { Effective } from "../model/effective.ts";
import type { Carrier, FieldDef } from "../model/fields/field.ts";
import { FIELDS, type FieldName } from "../model/fields/index.ts";
import type { EffectClass } from "../model/plan.ts";

export type AnyField = FieldDef<string, unknown>;

export function fitting(def: AnyField, mapper: Mapper): Carrier[] {
  return def.carriers.filter((carrier) =>
    carrier.required.every((logical) => mapper.bindings.has(logical)),
  );
}

export function carrierOf(def: AnyField, mapper: Mapper): Carrier | null {
  const [first, ...others] = fitting(def, mapper);
  return first !== undefined && others.length === 0 ? first : null;
}

/** The logical parameters that carry a field here; none where it is unmapped. */
function carrying(field: FieldName, mapper: Mapper): string[] {
  const carrier = carrierOf(FIELDS[field], mapper);
  if (carrier === null) return [];
  return [...carrier.required, ...carrier.optional.filter((name) => mapper.bindings.has(name))];
}

/** The logical parameters that have to be read for these fields through this map. */
export function logicalsOf(effective: Pick<Effective, "fields">, mapper: Mapper): string[] {
  return effective.fields.flatMap(({ name }) => carrying(name, mapper));
}

/** What writing all of a field may do to the device. */
export function effectOf(field: FieldName, mapper: Mapper): EffectClass {
  return jointEffect(
    carrying(field, mapper).flatMap((logical) => mapper.bindings.get(logical)?.effects ?? []),
  );
}
