/** Events in the order of their commits, each with a number that never comes again. */
import type { DeviceId } from "../model/device.ts";

export interface FeedEvent {
  readonly seq: number;
  /** As in the history: `DesiredChanged`. */
  readonly type: string;
  readonly at: Date;
  /** Null: of the fleet as a whole. */
  readonly device: DeviceId | null;
  readonly actor: string;
  readonly requestId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface FeedQuery {
  /** Number of the last one that was seen; null: from the oldest that is kept. */
  readonly after: number | null;
  readonly limit: number;
  /** By identity and labels; null: also what is of no device. */
  readonly selector: string | null;
  /** With those about tokens, keys and webhooks. */
  readonly access: boolean;
  /** With those about findings of misuse. */
  readonly findings: boolean;
}

export interface FeedPage {
  readonly items: readonly FeedEvent[];
  /** Go on after this number; also when there was nothing. */
  readonly next: number;
  /** More are there already. */
  readonly more: boolean;
}

export interface FeedStore {
  /** @throws `before_history` where what comes after that number is not kept any more, or the number was never given */
  events(query: FeedQuery): Promise<FeedPage>;
  /** Number of the newest. */
  newest(): Promise<number>;
}
