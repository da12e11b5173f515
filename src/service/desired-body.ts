/**
 * The body of a PUT of desired state: derived from the registry of fields, so that a new field is accepted here by
 * being registered there.
 *
 * Fields stand at the top level. One that is null counts as left out. A secret inside a field may be a text, or the
 * form that GET shows (`{"set": true, "version": 3}`), which means "keep that one"; null clears it.
 */
import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { parseWith } from "../lib/schema.ts";
import { FIELD_NAMES, FIELDS, type FieldName } from "../model/fields/index.ts";
import type { FieldSet } from "../model/records.ts";

/** Members of a field that are never given back. */
const SECRET_MEMBERS: { readonly [Name in FieldName]?: readonly string[] } = {
  credentials: ["password"],
};

/** `document`, `status` and `plan` are what an answer adds; sent back they say nothing. */
const documentSchema = z.strictObject({
  ...Object.fromEntries(FIELD_NAMES.map((name) => [name, FIELDS[name].schema.nullish()])),
  document: z.unknown().optional(),
  status: z.unknown().optional(),
  plan: z.unknown().optional(),
});

const secretForm = z.strictObject({
  set: z.literal(true),
  version: z.int().min(1),
  changedAt: z.string().optional(),
  fingerprint: z.string().optional(),
});

type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The body of a PUT as a JSON Schema, with the three ways of saying a secret, which the schema of its field does not
 * know: a new one, the form that GET shows, and null.
 */
export function desiredBodyJson(): JsonSchema {
  const json = (schema: z.ZodType): JsonSchema => {
    const made = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    delete made.$schema;
    return { ...made };
  };
  const properties: Record<string, unknown> = { ...membersOf(json(documentSchema)["properties"]) };
  for (const name of FIELD_NAMES) {
    const field = json(FIELDS[name].schema);
    const members: Record<string, unknown> = { ...membersOf(field["properties"]) };
    for (const member of SECRET_MEMBERS[name] ?? []) {
      const kept = json(secretForm);
      const text = { type: "string", minLength: 1, maxLength: 255, description: "A new one." };
      const keep = { ...kept, description: "As GET shows it: keep this version." };
      const clear = { type: "null", description: "From now on there is none." };
      members[member] = { anyOf: [text, keep, clear], description: "Left out: it is kept." };
    }
    const meaning = {
      description: `${FIELDS[name].meaning}. Null or left out: not wanted by this document.`,
    };
    properties[name] = { anyOf: [{ ...field, properties: members }, { type: "null" }], ...meaning };
  }
  for (const name of ["document", "status", "plan"])
    properties[name] = { description: "What an answer adds; it says nothing here." };
  return { type: "object", properties, additionalProperties: false };
}

/** A secret that is to stay as it is, at this version. */
export interface KeptSecret {
  readonly field: FieldName;
  readonly member: string;
  readonly pointer: string;
  readonly version: number;
}

export interface DesiredBody {
  readonly fields: FieldSet;
  readonly keep: readonly KeptSecret[];
  /** The credential has no password from now on. */
  readonly clearSecret: boolean;
}

type Members = Record<string, unknown>;

export function membersOf(value: unknown): Members | undefined {
  const whole = value !== null && typeof value === "object" && !Array.isArray(value);
  return whole ? (value as Members) : undefined;
}

/** @throws `invalid` with every problem; no value is ever quoted */
export function parseDesiredBody(body: unknown): DesiredBody {
  const keep: KeptSecret[] = [];
  let clearSecret = false;
  const whole = membersOf(body);
  const plain = whole === undefined ? undefined : { ...whole };
  for (const [field, members] of Object.entries(SECRET_MEMBERS) as [FieldName, string[]][]) {
    for (const member of members) {
      const value = membersOf(plain?.[field]);
      if (plain === undefined || value === undefined) continue;
      const { [member]: note, ...rest } = value;
      const pointer = `/${field}/${member}`;
      if (note !== null && membersOf(note) === undefined) continue;
      if (note === null) clearSecret = true;
      else keep.push({ field, member, pointer, version: versionIn(note, pointer) });
      plain[field] = rest;
    }
  }
  const parsed = parseWith(documentSchema, plain ?? body, "desired state") as Members;
  const given = FIELD_NAMES.filter((name) => parsed[name] != null);
  const fields = Object.fromEntries(given.map((name) => [name, parsed[name]])) as FieldSet;
  return { fields, keep, clearSecret };
}

function versionIn(note: unknown, pointer: string): number {
  const parsed = secretForm.safeParse(note);
  if (parsed.success) return parsed.data.version;
  throw refused(pointer, `must be a text, or the form that GET shows: {"set": true, "version": 3}`);
}

function refused(pointer: string, message: string): AppError {
  const problems = [{ pointer, code: "bad_secret_form", message }];
  return new AppError("invalid", `desired state: ${pointer} ${message}`, { problems });
}
