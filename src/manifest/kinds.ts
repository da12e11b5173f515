/** The registry of manifest kinds, one line each. Parsing, schemas, change sets and the API derive from it. */
import { z } from "zod";
import { aaa, type AaaSpec } from "./kinds/aaa.ts";
import { acs, type AcsSpec } from "./kinds/acs.ts";
import { device, type DeviceSpec } from "./kinds/device.ts";
import { firmwareImage, type FirmwareImageSpec } from "./kinds/firmware-image.ts";
import { fraudPolicy, type FraudPolicySpec } from "./kinds/fraud-policy.ts";
import { frequencyPlan } from "./kinds/frequency-plan.ts";
import type { KindDef, Metadata } from "./kinds/kind.ts";
import { parameterMap, type ParameterMapSpec } from "./kinds/parameter-map.ts";
import { labels, recordName } from "./kinds/parts.ts";
import { profile, type ProfileSpec } from "./kinds/profile.ts";
import type { FrequencyPlan } from "../model/fields/frequency.ts";

export const API_VERSION = "plumbline/v1";

export interface KindSpecs {
  Aaa: AaaSpec;
  Acs: AcsSpec;
  Device: DeviceSpec;
  FirmwareImage: FirmwareImageSpec;
  FraudPolicy: FraudPolicySpec;
  FrequencyPlan: FrequencyPlan;
  ParameterMap: ParameterMapSpec;
  Profile: ProfileSpec;
}

export type KindName = keyof KindSpecs;

export const KINDS: { readonly [Name in KindName]: KindDef<Name, KindSpecs[Name]> } = {
  Aaa: aaa,
  Acs: acs,
  Device: device,
  FirmwareImage: firmwareImage,
  FraudPolicy: fraudPolicy,
  FrequencyPlan: frequencyPlan,
  ParameterMap: parameterMap,
  Profile: profile,
};

export const KIND_NAMES = Object.keys(KINDS) as KindName[];

/** One document as people write it: the envelope around a kind's spec. */
export interface ManifestOf<Name extends KindName> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: Name;
  readonly metadata: Metadata;
  readonly spec: KindSpecs[Name];
}

export type Manifest = { [Name in KindName]: ManifestOf<Name> }[KindName];

const metadata = z.strictObject({ name: recordName, labels: labels.default({}) });

function schemaOf(name: KindName): z.ZodType {
  const { meaning, spec } = KINDS[name];
  return z
    .strictObject({ apiVersion: z.literal(API_VERSION), kind: z.literal(name), metadata, spec })
    .meta({ title: name, description: meaning });
}

const SCHEMAS = Object.fromEntries(KIND_NAMES.map((name) => [name, schemaOf(name)])) as {
  readonly [Name in KindName]: z.ZodType<ManifestOf<Name>>;
};

/** The schema of a whole document, by kind; the same for YAML and JSON bodies. */
export function kindSchemas(): typeof SCHEMAS {
  return SCHEMAS;
}
