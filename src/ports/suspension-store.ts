/** Why the service on a device is suspended: a set of reasons, each with its owner. */
import type { Actor } from "./actor.ts";

export interface Suspension {
  readonly owner: string;
  readonly reason: string;
  readonly since: Date;
}

/** The service is suspended while anything stands. */
export interface SuspensionChange {
  readonly changed: boolean;
  readonly standing: readonly Suspension[];
}

export interface SuspensionStore {
  suspensions(key: number): Promise<readonly Suspension[]>;
  /** Adds a reason of the actor's owner. @throws `not_found` where there is no service */
  suspend(key: number, reason: string, actor: Actor): Promise<SuspensionChange>;
  /**
   * Lifts what `owner` has set; all of it where `reason` is null. Nothing to lift is no change.
   * @throws `suspended_by_other` when what stands of it is of others; `not_found`
   */
  liftSuspension(
    key: number,
    what: { readonly owner: string; readonly reason: string | null },
    actor: Actor,
  ): Promise<SuspensionChange>;
}
