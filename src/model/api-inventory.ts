/** What the API says of the inventory: what is there, and what an upload came to. */
import type { InventoryKindName } from "./inventory.ts";

/** One kind as `GET /v1/inventory` lists it. */
export interface ApiInventoryKind {
  readonly kind: InventoryKindName;
  readonly meaning: string;
  readonly items: number;
  /** When something of it was last told; null: nothing is there, and the rules that need it find nothing. */
  readonly toldAt: string | null;
}

export interface ApiInventoryItem {
  /** Made of the members that tell it from all others of its kind. */
  readonly key: string;
  /** As an upload takes it, in its normal form. */
  readonly item: Readonly<Record<string, unknown>>;
  /** When we were first told what it says now. */
  readonly toldAt: string;
  readonly toldBy: string;
}

export interface ApiInventoryLoaded {
  readonly kind: InventoryKindName;
  readonly dryRun: boolean;
  readonly lines: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** With `replace`: what the upload does not name. */
  readonly deleted: number;
  /** What is evaluated anew because of it; what was found or waits elsewhere comes to it by its next record. */
  readonly asked: number;
}
