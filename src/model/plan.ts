/** Plans: what a pass would write, and why. Types only; `reconcile/` decides. */
import type { FieldName } from "./fields/index.ts";
import type { LogicalValues } from "./logical.ts";
import type { Edit } from "./parameter.ts";
import type { Reason } from "./status.ts";

/** How one desired field stands against what was read. Only `drift` leads to a write. */
export type Assessment =
  /** Equal. `believed` are secrets that never read back and that nobody has recorded for this device yet. */
  | { readonly kind: "equal"; readonly field: FieldName; readonly believed: readonly string[] }
  | {
      readonly kind: "drift";
      readonly field: FieldName;
      readonly values: LogicalValues;
      /** Each a SetParameterValues, in order. */
      readonly calls: readonly (readonly Edit[])[];
      readonly effect: EffectClass;
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

export interface EffectClass {
  readonly interrupts: readonly string[];
  readonly reboot: "none" | "after" | "self";
  /** How long the device may be away after it. */
  readonly settleMs: number;
}

/** One call that changes something, followed by one read that proves it. */
export interface Step {
  readonly fields: readonly FieldName[];
  readonly edits: readonly Edit[];
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
