/**
 * What a step of a map is. A pipeline reads from the logical value (left) to the device (right); encode goes left to
 * right, decode right to left. Three shapes:
 *
 *   value  a pair of pure functions between two forms of a value (`int`, `csv`, `join`)
 *   wrap   changes how the rest of the pipeline meets the device (`also`, `secret`)
 *   end    stands last and touches the tree (`at`, `split`, `table`)
 *
 * All are total: a value that a step cannot say is `domain` or `inexact`, a wire text that it cannot read is foreign.
 * A new step is its own file and one line in `index.ts`.
 */
import type { z } from "zod";
import { canonicalJson } from "../../lib/hash.ts";
import { Secret } from "../../lib/secret.ts";
import { isList, isRecord, type LogicalValue } from "../../model/logical.ts";
import type { Edit, Operation } from "../../model/parameter.ts";
import type { PutRefusal, PutResult } from "../mapper.ts";
import type { Template } from "../path.ts";
import type { NotFound, View } from "../view.ts";

/** Between two steps: logical values, wire text, and everything on the way. */
export type Plain = LogicalValue;

export type Coded =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly code: UnsayableCode; readonly message: string };
type UnsayableCode = "domain" | "inexact" | "duplicate_key";

/** Law: decode(encode(x)) is the normal form of x, for every x that encode does not refuse. */
export interface Codec {
  readonly encode: (value: Plain) => Coded;
  readonly decode: (wire: Plain) => Coded;
}

/** What a lens found; as `Observation`, with reasons kept apart that an observation folds together. */
export type Got =
  | { readonly kind: "value"; readonly value: Plain; readonly paths: readonly string[] }
  | {
      readonly kind: "nonconforming";
      readonly value: Plain;
      readonly path: string;
      readonly detail: string;
    }
  | { readonly kind: "unreadable"; readonly path: string }
  | NotFound;

/**
 * What a lens has to read: one parameter, a whole table, or all below an object. `probe`: looked at, never written. A table
 * that may be empty is read with the object that it stands in: an answer without rows would otherwise look as if the ACS
 * had dropped the name.
 */
export type Need =
  | { readonly kind: "path"; readonly path: Template; readonly probe?: true }
  | { readonly kind: "table"; readonly row: Template; readonly mayBeEmpty?: true }
  | { readonly kind: "subtree"; readonly path: Template; readonly probe: true };

export interface Lens {
  readonly needs: readonly Need[];
  /** Main path or template, for messages. */
  readonly place: string;
  /** The value as `get` would show it once written; refuses what this device cannot say. Needs no parameter to be read. */
  normal(value: Plain, view: View): Coded;
  get(view: View): Got;
  /** Writes unconditionally; `putChanged` asks first. */
  put(value: Plain, view: View): PutResult;
}

export interface BuildContext {
  /** The logical parameter that is bound; names a secret in an edit. */
  readonly logical: string;
  /** Inside the row of a table. */
  readonly inRow: boolean;
  /** Builds a nested pipeline that ends at the device. `rows` allows `$row` in it. */
  lens(steps: readonly unknown[], pointer: string, rows?: boolean): Lens;
  /** Builds a nested pipeline of value steps only. */
  codec(steps: readonly unknown[], pointer: string): Codec;
  /** A path of the map; reports a problem at `pointer` when it cannot be used. */
  path(text: string, pointer: string): Template;
  problem(pointer: string, message: string): void;
  /** What stands at `pointer` can be read and never be written, for a reason: the binding has to be `observeOnly`. */
  oneWay(pointer: string, why: string): void;
}

interface StepBase<Options> {
  readonly name: string;
  /** One line for the schema and the reference page. */
  readonly meaning: string;
  /** `pipeline` is the schema of a nested pipeline. */
  options(pipeline: z.ZodType<unknown[]>): z.ZodType<Options>;
}
interface ValueStep<Options> extends StepBase<Options> {
  readonly shape: "value";
  /** Can be read and never be written, so that a binding with it has to be `observeOnly`. */
  readonly oneWay?: true;
  build(options: Options, context: BuildContext, pointer: string): Codec;
}
interface WrapStep<Options> extends StepBase<Options> {
  readonly shape: "wrap";
  build(options: Options, rest: Lens, context: BuildContext, pointer: string): Lens;
}
interface EndStep<Options> extends StepBase<Options> {
  readonly shape: "end";
  build(options: Options, context: BuildContext, pointer: string): Lens;
}
export type Step<Options> = ValueStep<Options> | WrapStep<Options> | EndStep<Options>;

export const said = (value: Plain): Coded => ({ ok: true, value });
export const unsayable = (message: string, code: UnsayableCode = "domain"): Coded => ({
  ok: false,
  code,
  message,
});

export type Refused = Extract<PutResult, { readonly kind: "refused" }>;
export const refused = (code: PutRefusal, path: string, message: string): Refused => ({
  kind: "refused",
  code,
  path,
  message,
});

/** What cannot be found cannot be written either. */
export function refusedAs(found: NotFound): PutResult {
  switch (found.kind) {
    case "absent":
    case "foreign":
    case "no_instance":
      return refused(found.kind, found.path, found.detail);
    case "ambiguous":
      return refused("ambiguous_instance", found.path, found.detail);
    case "unread":
    case "nil":
      return refused("unread", found.path, "was not read");
  }
}

export const NO_EDITS: PutResult = { kind: "edits", calls: [] };

/** Equal in content. Two secrets are never equal here: what a device shows of one is not looked at. */
export function samePlain(a: Plain, b: Plain): boolean {
  if (a instanceof Secret || b instanceof Secret) return false;
  return canonicalJson(a) === canonicalJson(b);
}

export { isList, isRecord };

/** One parameter set to a text. */
export const setText = (path: string, text: string): PutResult => ({
  kind: "edits",
  calls: [{ kind: "set", edits: [{ path, value: { kind: "text", text } }] }],
});

/** No edits for a part that already says so: a change of the user name does not write the realm again. */
export function putChanged(lens: Lens, value: Plain, view: View): PutResult {
  const got = lens.get(view);
  if (got.kind !== "value") return lens.put(value, view);
  const shown = lens.normal(value, view);
  return shown.ok && samePlain(got.value, shown.value) ? NO_EDITS : lens.put(value, view);
}

/** Several puts as one: a single call where each only sets and needs at most one, otherwise all calls in order. */
export function together(results: readonly PutResult[]): PutResult {
  const calls: Operation[] = [];
  const edits: Edit[] = [];
  let single = true;
  for (const result of results) {
    if (result.kind === "refused") return result;
    for (const call of result.calls) {
      if (call.kind === "set") edits.push(...call.edits);
      if (call.kind !== "set" || result.calls.length > 1) single = false;
      calls.push(call);
    }
  }
  return { kind: "edits", calls: single && calls.length > 1 ? [{ kind: "set", edits }] : calls };
}

/** Puts a value step in front of the rest of a pipeline. */
export function through(codec: Codec, rest: Lens): Lens {
  return {
    needs: rest.needs,
    place: rest.place,
    normal(value, view) {
      const wire = codec.encode(value);
      if (!wire.ok) return wire;
      const shown = rest.normal(wire.value, view);
      return shown.ok ? codec.decode(shown.value) : shown;
    },
    get(view) {
      const got = rest.get(view);
      if (got.kind !== "value" && got.kind !== "nonconforming") return got;
      const value = codec.decode(got.value);
      if (value.ok) return { ...got, value: value.value };
      const path = got.kind === "value" ? (got.paths[0] ?? rest.place) : rest.place;
      return { kind: "foreign", path, detail: value.message };
    },
    put(value, view) {
      const wire = codec.encode(value);
      return wire.ok ? rest.put(wire.value, view) : refused(wire.code, rest.place, wire.message);
    },
  };
}

/** One codec after another; the first stands nearest to the logical value. */
export function chain(codecs: readonly Codec[]): Codec {
  const run = (value: Plain, steps: readonly ((value: Plain) => Coded)[]): Coded => {
    let current = value;
    for (const step of steps) {
      const next = step(current);
      if (!next.ok) return next;
      current = next.value;
    }
    return said(current);
  };
  return {
    encode: (value) =>
      run(
        value,
        codecs.map((codec) => codec.encode),
      ),
    decode: (wire) => run(wire, codecs.map((codec) => codec.decode).reverse()),
  };
}
