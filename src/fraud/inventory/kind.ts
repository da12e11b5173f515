/**
 * The contract of a kind of inventory: what an item says, what tells it from others, by which names of a neighbourhood it is
 * found, and how it becomes facts. Found by exact names only, so that a neighbourhood costs what it holds, however large the
 * inventory is.
 */
import type { z } from "zod";
import type { InventoryKindName } from "../../model/inventory.ts";
import type { Facts } from "../facts/facts.ts";
import type { Instant } from "../facts/instant.ts";
import type { Nas } from "../facts/network.ts";

/** By what a neighbourhood goes. Each once, in any order. */
export interface Near {
  readonly now: Instant;
  /** As far as they are known; `named` gives each NAS its one name. */
  readonly nases: readonly Nas[];
  readonly named: (nas: string) => string;
  /** Every spelling of every NAS, and lines under each of them. */
  readonly nasNames: readonly string[];
  readonly lines: readonly { readonly nas: string; readonly line: string }[];
  readonly stations: readonly string[];
  /** Device ids of ours. */
  readonly devices: readonly string[];
  /** Services by ref. */
  readonly services: readonly string[];
  /** Of the services, as far as something else than the inventory tells them. */
  readonly sites: readonly string[];
}

/** An item as the store gives it. */
export interface Told<Item> {
  readonly key: string;
  readonly says: Item;
  readonly toldAt: Instant;
  /** Of a site: lines that end at its coordinates. */
  readonly lines: number | null;
}

/** The part of the facts that the inventory tells, or adds to. */
export type InventoryFacts = Pick<
  Facts,
  | "services"
  | "stock"
  | "nases"
  | "lines"
  | "sites"
  | "baseStations"
  | "disturbances"
  | "registrations"
  | "calls"
>;

/**
 * What is evaluated anew when an item is told, changed or deleted. `services`, `devices`: what the item is about, up to a bound.
 * `findings`: what is open, as such an item explains more than it accuses, and may concern every line there is.
 */
export type Reasks = "services" | "devices" | "findings";

interface Definition<Item> {
  readonly kind: InventoryKindName;
  readonly schema: z.ZodType<Item>;
  /** An item as it may be sent; for the pages. */
  readonly example: Readonly<Record<string, unknown>>;
  readonly reasks: Reasks;
  keyOf(item: Item): string;
  /** Null: it is found by its key alone. */
  aboutOf(item: Item): string | null;
  /** The names that it is looked up by. */
  keys(near: Near): readonly string[];
  abouts(near: Near): readonly string[];
  facts(items: readonly Told<Item>[], before: InventoryFacts, near: Near): Partial<InventoryFacts>;
}

/** An item in its normal form, as it is stored. */
export interface Read {
  readonly key: string;
  readonly about: string | null;
  readonly says: Readonly<Record<string, unknown>>;
}

export interface InventoryKind extends Omit<
  Definition<never>,
  "schema" | "keyOf" | "aboutOf" | "facts"
> {
  readonly schema: z.ZodType;
  /** @param item as the schema gives it */
  read(item: unknown): Read;
  /** @param items as `read` made them */
  facts(items: readonly Told<unknown>[], before: InventoryFacts, near: Near): InventoryFacts;
}

/** The one place where the type of an item is forgotten: the store knows kinds by their names. */
export function inventoryKind<Item extends object>(definition: Definition<Item>): InventoryKind {
  return {
    ...definition,
    read(given) {
      const item = given as Item;
      const says = { ...item } as Readonly<Record<string, unknown>>;
      return { key: definition.keyOf(item), about: definition.aboutOf(item), says };
    },
    facts: (items, before, near) => ({
      ...before,
      ...definition.facts(items as readonly Told<Item>[], before, near),
    }),
  };
}
