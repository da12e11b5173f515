/** The keys of the ring and what stands under them; never a key itself. */
import type { Actor } from "./actor.ts";

export interface KeyView {
  readonly id: string;
  /** Null for a key that this server's ring does not have. */
  readonly createdAt: string | null;
  /** It seals. */
  readonly newest: boolean;
  /** Nothing is sealed under it any more since. */
  readonly retiredAt: Date | null;
  /** Secrets under it. */
  readonly secrets: number;
}

export interface RotationEnd {
  /** Secrets whose data key was put under the newest key. */
  readonly rewrapped: number;
  /** Keys that nothing stands under any more. */
  readonly retired: readonly string[];
  /** Why they still stand in the file; null: they do not. */
  readonly left: string | null;
}

export interface KeyStore {
  /** Those of the ring, oldest first, and any other that a secret stands under. */
  keys(): Promise<readonly KeyView[]>;
  /** Is there a key that was retired and still stands in the ring? A rotation that was cut short left it. */
  unfinished(): Promise<boolean>;
  /**
   * Adds a key unless there is a new one already, retires the others, puts every secret under the newest in small
   * batches, and takes the others out of the file. Reads and writes go on meanwhile. Cut short anywhere, it is finished
   * by the next call.
   *
   * @param told so far, after each batch; it may be the last one when the signal aborts
   * @returns null when another process is at it, or the signal ended it
   * @throws AppError `bad_config` where the ring cannot be written or is not the newest; `secret_unavailable`
   */
  rotate(
    actor: Actor,
    told: (rewrapped: number) => void,
    signal: AbortSignal,
  ): Promise<RotationEnd | null>;
}
