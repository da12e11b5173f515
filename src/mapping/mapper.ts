/**
 * What the rest of the program sees of a parameter map: which parameters to read, what they mean, what to write.
 * Everything here is a pure function of its arguments; nothing is thrown once a map set is loaded.
 */
import type { DeviceFacts } from "../model/device.ts";
import type { LogicalValue, Observation } from "../model/logical.ts";
import type { Operation, ParameterPath, Snapshot } from "../model/parameter.ts";
import type { EffectClass } from "../model/plan.ts";
import type { AnchorText } from "./anchors.ts";
import type { Action } from "./actions.ts";
import type { Declares } from "./declares.ts";
import type { BindingText } from "./binding.ts";
import type { Layer } from "./layer.ts";
import type { Stack } from "./layers.ts";
import type { Verify } from "./verify.ts";
import type { Match } from "./match.ts";

export interface Binding {
  readonly logical: string;
  readonly secret: boolean;
  readonly observeOnly: boolean;
  readonly effects: EffectClass;
  /** Logical parameters that have to be written before this one, if both are. */
  readonly after: readonly string[];
}

/** All that is in force for a device, as plain data: for tools that explain it, compare it, or put it through the laws. */
export interface ResolvedMap {
  readonly general: boolean;
  readonly declares: Declares;
  readonly anchors: Readonly<Record<string, AnchorText>>;
  readonly bind: Readonly<Record<string, BindingText | null>>;
  readonly actions: Readonly<Record<string, Action>>;
}

/** Where a part of a resolved map was written. */
export interface Origin {
  readonly map: string;
  readonly file: string;
  readonly pointer: string;
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
  /** The map among `layers` that nobody has approved yet, if that is why it is general. */
  readonly suggested: string | null;
  /** Of a general map: which narrower one comes nearest, and what keeps it from fitting. */
  readonly nearest: string | null;
  readonly resolved: ResolvedMap;
  /** Which of the layers says it. */
  origin(section: "declares" | "anchors" | "bind" | "actions", name: string): Origin | null;
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
 * Which maps a device gets. `undecided`: facts that nobody knows yet could still change the answer; `likely` is what fits if
 * they do not contradict it, so a first read can already use it.
 */
export type Selection =
  | { readonly kind: "map"; readonly mapper: Mapper; readonly firmware: FirmwareFit }
  | {
      readonly kind: "undecided";
      readonly likely: Mapper | null;
      readonly missing: readonly string[];
    }
  | { readonly kind: "none"; readonly reason: string };

/**
 * How narrowly the maps of a device name its firmware: this very version, a range or pattern that it lies in, or not at
 * all. `unparsed`: a map would fit, but its version scheme cannot read what the device says.
 */
export type FirmwareFit = "exact" | "range" | "any" | "unparsed";

/** One map of a set, as it was written. */
export interface MapInfo {
  readonly name: string;
  readonly file: string;
  readonly layer: Layer;
  /** With what it inherited; empty for one that is only extended. */
  readonly match: Match;
  readonly origin: MapOrigin;
}

export type MapOrigin = "shipped" | "operator";

/** What a map says of a fixture tree, to be checked by whoever has the tree. */
export interface Claim {
  readonly map: string;
  readonly tree: string;
  readonly get: Verify[number]["get"];
}

export interface MapSet {
  /** Maps of a model or narrower, sorted. */
  readonly names: readonly string[];
  /** Every map that was loaded, by name. */
  readonly maps: readonly MapInfo[];
  /** Its `verify` entries. */
  readonly evidence: readonly Claim[];
  select(facts: DeviceFacts): Selection;
  /** What a device gets of which only this is known, that the map fits; null where that is not enough to read it. */
  mapper(name: string): Mapper | null;
  /** The same as it was written, with the place of each part; also of maps that cannot be read by themselves. */
  stack(name: string): Stack | null;
}
