/** Plans: what a pass would write, and why. Types only; `reconcile/` decides. */
import type { FieldName } from "./fields/index.ts";
import type { LogicalValues } from "./logical.ts";
import type { Operation } from "./parameter.ts";
import type { Reason } from "./status.ts";

/** How one desired field stands against what was read. Only `drift` leads to a write. */
export type Assessment =
  /** Equal. `believed` are secrets that never read back and that nobody has recorded for this device yet. */
  | { readonly kind: "equal"; readonly field: FieldName; readonly believed: readonly string[] }
  | {
      readonly kind: "drift";
      readonly field: FieldName;
      readonly values: LogicalValues;
      /** Each a call to the device, in order. */
      readonly calls: readonly Operation[];
      readonly effect: EffectClass;
      /** Logical parameters that have to be written first, if they are written at all. */
      readonly after: readonly string[];
      /** What differs, for people; never a secret. */
      readonly detail: string;
    }
  | { readonly kind: "unmapped"; readonly field: FieldName; readonly detail: string }
  /** Not read: no drift, no compliance. */
  | { readonly kind: "unknown"; readonly field: FieldName; readonly detail: string }
  /** Differs, and this device or its map cannot take the value. */
  | {
      readonly kind: "cannot";
      readonly field: FieldName;
      readonly reason: Reason;
      readonly detail: string;
    };

/** What a write does to the device while it takes effect. */
export interface EffectClass {
  /** What it may cut; `mgmt` is the link to the ACS itself. */
  readonly interrupts: readonly Interruption[];
  /** `after`: it wants one Reboot behind it. `self`: the device reboots by itself. */
  readonly reboot: "none" | "after" | "self";
  /** `afterReboot`: a read shows the old value until the device has booted. */
  readonly applies: "now" | "afterReboot";
  /** How long the device may be away after it before that is news. */
  readonly settleMs: number;
}
export type Interruption = "mgmt" | "wan" | "wifi" | "radio";

/** One call that changes something, followed by one read that proves it. `fields` are those that it serves. */
export interface Step {
  readonly fields: readonly FieldName[];
  readonly operation: Operation;
  readonly effect: EffectClass;
  readonly reason: string;
}

export interface Plan {
  /** Content address of all writes of the plan. */
  readonly hash: string;
  readonly steps: readonly Step[];
  /** ACS calls that it costs from here: a write and a read for each step. */
  readonly calls: number;
}
