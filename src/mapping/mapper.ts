/**
 * What the rest of the program sees of a parameter map: which parameters to read, what they mean, what to write.
 * Everything here is a pure function of its arguments; nothing is thrown once a map set is loaded.
 */
import type { DeviceFacts } from "../model/device.ts";
import type { LogicalValue, Observation } from "../model/logical.ts";
import type { Operation, ParameterPath, Snapshot } from "../model/parameter.ts";
import type { EffectClass } from "../model/plan.ts";
import type { AnchorText } from "./anchors.ts";
import type { Declares } from "./declares.ts";

export interface Binding {
  readonly logical: string;
  readonly secret: boolean;
  readonly observeOnly: boolean;
  readonly effects: EffectClass;
  /** Logical parameters that have to be written before this one, if both are. */
  readonly after: readonly string[];
}

/** A map with all that it inherits, as plain data: for tools that explain it, compare it, or put it through the laws. */
export interface ResolvedMap {
  readonly layer: string;
  readonly match: Readonly<Record<string, unknown>>;
  readonly declares: Declares;
  readonly anchors: Readonly<Record<string, AnchorText>>;
  readonly bind: Readonly<Record<string, { readonly lens: readonly unknown[] } | null>>;
}

/** Which row an anchor chose, and what was read to choose it. A write rests on it: where it moved, the plan is void. */
export interface Evidence {
  readonly anchor: string;
  readonly row: ParameterPath;
  /** Parameters that decided, with the text that was read; null where it was absent. */
  readonly read: Readonly<Record<ParameterPath, string | null>>;
}

/** The way from what a device holds to what is wanted: calls in order. None means that nothing has to be written. */
export type PutResult =
  | { readonly kind: "edits"; readonly calls: readonly Operation[] }
  | {
      readonly kind: "refused";
      readonly code: PutRefusal;
      readonly path: string;
      readonly message: string;
    };

export type PutRefusal =
  | "unbound"
  | "observe_only"
  | "domain" // this device cannot say the value
  | "inexact" // the unit cannot hold it
  | "table_full"
  | "duplicate_key" // two entries, or one of ours and one of a stranger, would be told apart by nothing
  | "absent" // the path is not in the device
  | "unread" // the path was not in the answer, so nothing may be written on its basis
  | "foreign" // what is there cannot be decoded, and the binding does not say that it may be overwritten
  | "no_instance"
  | "ambiguous_instance";

export interface Mapper {
  /** The narrowest of `layers`. */
  readonly name: string;
  /** Names of all maps that fit and were laid over one another, the widest first. */
  readonly layers: readonly string[];
  /** No map of a model or of anything narrower fits: the device can be read, and nothing may be written. */
  readonly general: boolean;
  readonly resolved: ResolvedMap;
  /** Content address of `resolved`, 64 hex digits; stands on every observation and plan. */
  readonly hash: string;
  /** The parameter that proves which device answered. */
  readonly identityPath: ParameterPath;
  readonly bindings: ReadonlyMap<string, Binding>;
  /**
   * Names to read so that `get` of these logical parameters can answer; facts (model, versions, serial, uptime) are
   * always among them. Subtrees end in a dot. With a `known` snapshot rows that were found before are named one by one;
   * without it the whole table is asked for.
   */
  wanted(logicals: readonly string[], known: Snapshot | null): readonly ParameterPath[];
  /** What the device said of itself; members that the snapshot lacks are null. */
  facts(snapshot: Snapshot): DeviceFacts;
  get(logical: string, snapshot: Snapshot): Observation;
  put(logical: string, value: LogicalValue, snapshot: Snapshot): PutResult;
  /** Of all anchors that these logical parameters use and that chose a row. */
  evidence(logicals: readonly string[], snapshot: Snapshot): readonly Evidence[];
}

/**
 * Which map a device gets. `undecided`: facts that nobody knows yet could still change the answer; `likely` is the map
 * that fits if they do not contradict it, so a first read can already use it.
 */
export type Selection =
  | { readonly kind: "map"; readonly mapper: Mapper }
  | {
      readonly kind: "undecided";
      readonly likely: Mapper | null;
      readonly missing: readonly string[];
    }
  | { readonly kind: "none"; readonly reason: string };

export interface MapSet {
  readonly names: readonly string[];
  select(facts: DeviceFacts): Selection;
}
