/** How a pass ended, and what follows from it. Types only: `reconcile/outcome.ts` is the one function between them. */
import type { CallClass } from "./call-class.ts";
import type { FieldName } from "./fields/index.ts";
import type { Assessment } from "./plan.ts";
import type { FaultMemory } from "./records.ts";
import type { Condition, Reason, State } from "./status.ts";

export type Ending =
  | { readonly kind: "unmanaged" }
  /** A person, a stop, or the guard: nothing is written. `assessments` only when the device was read first. */
  | {
      readonly kind: "held";
      readonly reason: Reason;
      readonly detail: string;
      readonly assessments: readonly Assessment[];
      /** When that which holds it ends, where somebody knows. */
      readonly untilMs?: number;
    }
  /** No sign of life. */
  | { readonly kind: "away"; readonly reason: Reason; readonly detail: string }
  /** The ACS gave nothing that can be used; says nothing about the device. */
  | { readonly kind: "trouble"; readonly reason: Reason; readonly detail: string }
  | { readonly kind: "unmapped"; readonly reason: Reason; readonly detail: string }
  | { readonly kind: "settled"; readonly assessments: readonly Assessment[] }
  /** Written, or perhaps written, and not proven. */
  | {
      readonly kind: "pending";
      readonly reason: Reason;
      readonly detail: string;
      readonly assessments: readonly Assessment[];
    }
  /** What is asked of it, or was sent to it, waits in the ACS for its next Inform. */
  | {
      readonly kind: "waiting";
      readonly detail: string;
      /** Until then, as far as anybody knows. */
      readonly inMs: number | null;
      /** A change of ours is among what was not read since. */
      readonly sent: boolean;
    }
  /** A firmware is under way. */
  | {
      readonly kind: "flashing";
      readonly reason: Reason;
      readonly detail: string;
      /** Until the next look can tell more. */
      readonly inMs: number;
      readonly assessments: readonly Assessment[];
      /** The device is away: for its boot, or with `lost` for longer than that, and then with what is known of it. */
      readonly away: null | { readonly lost: Readonly<Record<string, unknown>> | null };
    }
  | {
      readonly kind: "refused";
      readonly fields: readonly FieldName[];
      /** `rejected:9007`, `ignored`: with the fields it makes the signature of the failure. */
      readonly how: string;
      /** Of what it was a failure, where another one is another try: a firmware image. */
      readonly of?: string;
      /** Where it is none of those that follow from `how`. */
      readonly reason?: Reason;
      readonly detail: string;
      readonly assessments: readonly Assessment[];
    }
  /** The call was held back on our side: somebody else goes on from here, and nothing is known that was not known. */
  | { readonly kind: "released"; readonly reason: Reason; readonly detail: string }
  /** A bug of ours. */
  | { readonly kind: "failed"; readonly error: unknown };

export interface NextMoment {
  readonly class: CallClass;
  /** From now, database time. */
  readonly inMs: number;
  readonly reason: string;
  /** A change is under way: it is finished before another one of its class is begun. */
  readonly begun?: boolean;
}

export interface NewEvent {
  /** A fact in the past: `DriftFound`, `Converged`. */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Conclusion {
  readonly state: State;
  readonly reason: Reason;
  readonly message: string;
  readonly conditions: readonly Condition[];
  readonly failures: Readonly<Record<string, number>>;
  readonly faults: FaultMemory;
  /** The operation for which the device goes into quarantine by this pass; null: it does not. */
  readonly quarantines: string | null;
  /** Null keeps what was known. */
  readonly reachable: boolean | null;
  /** Null: nothing is due until somebody asks. */
  readonly next: NextMoment | null;
  readonly events: readonly NewEvent[];
}
