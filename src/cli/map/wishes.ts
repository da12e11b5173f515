/**
 * Wishes for `plumb map test --desired FILE`: fields as billing and operators write them (`credentials`, `frequencyPlan`),
 * logical parameters by name (`wifi.2g.ssid`), or both. A secret is not written down: `{set: true}` stands for one.
 */
import { AppError, type Problem } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { pointerOf, problemsOf } from "../../lib/schema.ts";
import { Secret } from "../../lib/secret.ts";
import { parseYamlDocuments } from "../../manifest/parse.ts";
import { DICTIONARY } from "../../mapping/dictionary/index.ts";
import type { Mapper } from "../../mapping/mapper.ts";
import { FIELD_NAMES, FIELDS, type FieldName } from "../../model/fields/index.ts";
import { isRecord, type LogicalValue } from "../../model/logical.ts";
import { carrierOf, type AnyField } from "../../reconcile/carriers.ts";
import type { TextFile } from "../../package/files.ts";

/** Values that belong together and go in one call: a field, or one logical parameter. */
export interface Wish {
  readonly name: string;
  readonly values: ReadonlyMap<string, LogicalValue>;
}

/** What stands for a secret that nobody has to know for a rehearsal. */
const ANY_SECRET = new Secret("a secret for rehearsal");

const isField = (name: string): name is FieldName => (FIELD_NAMES as string[]).includes(name);

/** @throws AppError `invalid` with every problem at its line; a field that this map cannot carry is one of them */
export function wishesOf({ file, text }: TextFile, mapper: Mapper): readonly Wish[] {
  const yaml = parseYamlDocuments(text, file);
  const problems: Problem[] = [...yaml.problems];
  const wishes: Wish[] = [];
  for (const { value, place } of yaml.documents) {
    if (!isRecord(value)) {
      const message = "wishes are fields or logical parameters by name";
      problems.push({ code: "invalid_type", message, ...place("") });
      continue;
    }
    for (const [name, wanted] of Object.entries(value)) {
      const read = isField(name) ? fieldOf(name, wanted, mapper) : parameterOf(name, wanted);
      if ("problems" in read) {
        problems.push(...read.problems.map((one) => ({ ...one, ...place(one.pointer ?? "") })));
      } else wishes.push({ name, values: read });
    }
  }
  if (problems.length === 0) return wishes;
  const next = "correct the places above, then try again";
  throw new AppError("invalid", "the wishes are not valid", { problems, details: { next } });
}

type Read = ReadonlyMap<string, LogicalValue> | { readonly problems: readonly Problem[] };

function refusedAt(name: string, code: string, message: string): Read {
  return { problems: [{ pointer: pointerOf([name]), code, message }] };
}

function fieldOf(name: FieldName, wanted: LogicalValue, mapper: Mapper): Read {
  const def = FIELDS[name] as AnyField;
  const parsed = def.schema.safeParse(withSecrets(wanted));
  if (!parsed.success) {
    const problems = problemsOf(parsed.error, def.schema);
    return {
      problems: problems.map((one) => ({
        ...one,
        pointer: pointerOf([name]) + (one.pointer ?? ""),
      })),
    };
  }
  const carrier = carrierOf(def, mapper);
  if (carrier === null)
    return refusedAt(name, "unmapped", `the map ${mapper.name} cannot carry the field ${name}`);
  const values = [...def.toLogical(parsed.data, carrier)];
  return new Map(values.filter(([logical]) => mapper.bindings.has(logical)));
}

/** `{set: true}` at any place of a field. */
function withSecrets(value: LogicalValue): unknown {
  if (!isRecord(value)) return value;
  if (value["set"] === true && Object.keys(value).length === 1) return ANY_SECRET;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withSecrets(one)]));
}

function parameterOf(name: string, wanted: LogicalValue): Read {
  const def = DICTIONARY.get(name);
  if (def === undefined) {
    const near = didYouMean(name, [...DICTIONARY.keys(), ...FIELD_NAMES]);
    return refusedAt(
      name,
      "unknown_logical",
      `unknown field or logical parameter "${name}".${near}`,
    );
  }
  const value = def.type.parse(withSecrets(wanted));
  if (value !== undefined) return new Map([[name, value]]);
  const how = def.secret ? "a secret; write {set: true} for one" : `a ${def.type.name}`;
  return refusedAt(name, "invalid_type", `is not ${how}`);
}
