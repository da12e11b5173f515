/** The registry of fields, one line each. `Desired` types, schemas, diff and API derive from it. */
import { credentials, type Credentials } from "./credentials.ts";
import type { FieldDef } from "./field.ts";
import { firmware, type Firmware } from "./firmware.ts";
import { frequencyPlan, type FrequencyPlan } from "./frequency.ts";
import { management, type Management } from "./management.ts";

export interface FieldValues {
  credentials: Credentials;
  firmware: Firmware;
  frequencyPlan: FrequencyPlan;
  management: Management;
}

export type FieldName = keyof FieldValues;

export const FIELDS: { readonly [Name in FieldName]: FieldDef<Name, FieldValues[Name]> } = {
  credentials,
  firmware,
  frequencyPlan,
  management,
};

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];
