/** What services need of the store of the inventory. Each method is one transaction. */
import type { InventoryKindName } from "../model/inventory.ts";
import type { Actor } from "./actor.ts";
import type { Page } from "./fleet-store.ts";

/** In its normal form, as its kind reads it. */
export interface InventoryEntry {
  readonly key: string;
  readonly about: string | null;
  readonly says: Readonly<Record<string, unknown>>;
}

export interface InventoryItem extends InventoryEntry {
  readonly toldAt: Date;
  readonly toldBy: string;
}

export interface InventoryCount {
  readonly kind: InventoryKindName;
  readonly items: number;
  readonly toldAt: Date | null;
}

export interface InventoryChange {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly deleted: number;
  /** What is evaluated anew because of it. */
  readonly asked: number;
}

export interface InventoryStore {
  counts(): Promise<readonly InventoryCount[]>;
  /** By key. @throws `invalid` for a cursor that is none of ours */
  items(
    kind: InventoryKindName,
    limit: number,
    cursor: string | null,
  ): Promise<Page<InventoryItem>>;
  /**
   * Puts what is named, each key once; with `replace` they are the whole of the kind then. All or nothing, and the same again
   * changes nothing.
   *
   * @throws `count_unconfirmed` where more than a twentieth of the kind would be deleted and `expect` is not that number
   */
  tell(
    kind: InventoryKindName,
    entries: readonly InventoryEntry[],
    actor: Actor,
    options: {
      readonly replace: boolean;
      readonly dryRun: boolean;
      readonly expect: number | null;
    },
  ): Promise<InventoryChange>;
  /** @returns false where there is no such item */
  forget(kind: InventoryKindName, key: string, actor: Actor): Promise<boolean>;
}
