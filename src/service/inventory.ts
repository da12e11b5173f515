/**
 * The inventory: told by kind in lines, each line an item. Unlike an import of desired documents an upload is one change: where
 * one line is wrong nothing is written, as half a list of lines would make half of the rules look away.
 */
import { AppError, type Problem } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { problemsOf } from "../lib/schema.ts";
import { INVENTORY } from "../fraud/inventory/kinds.ts";
import type { Read } from "../fraud/inventory/kind.ts";
import {
  INVENTORY_KIND_NAMES,
  INVENTORY_KINDS,
  type InventoryKindName,
} from "../model/inventory.ts";
import type { Page } from "../ports/fleet-store.ts";
import type { InventoryChange, InventoryItem, InventoryStore } from "../ports/inventory-store.ts";
import { demand, type Caller } from "./access.ts";
import type { TableShape } from "./import-columns.ts";
import type { ImportLine } from "./imports.ts";
import { tableOf } from "./inventory-columns.ts";

const PAGE_DEFAULT = 100;
/** A process does nothing else while it reads lines; after so many it lets others have a turn. */
const AT_ONCE = 1_000;
const MAX_LINES = 100_000;
/** Nobody reads more at once. */
const MAX_PROBLEMS = 100;

export interface InventorySummary {
  readonly kind: InventoryKindName;
  readonly meaning: string;
  readonly items: number;
  readonly toldAt: Date | null;
}

export interface Inventory {
  /** Every kind, those that nobody told of too. */
  list(caller: Caller): Promise<readonly InventorySummary[]>;
  items(
    kind: string,
    query: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
    caller: Caller,
  ): Promise<Page<InventoryItem>>;
  /** How its table reads. @throws `not_found` with the nearest kind */
  table(kind: string): TableShape;
  /** @throws `invalid` with the line of each mistake, `payload_too_large`, `count_unconfirmed`; nothing is changed then */
  tell(
    kind: string,
    lines: readonly ImportLine[],
    caller: Caller,
    options: {
      readonly replace: boolean;
      readonly dryRun: boolean;
      readonly expect: number | null;
    },
  ): Promise<InventoryChange & { readonly kind: InventoryKindName }>;
  /** @throws `not_found` */
  forget(kind: string, key: string, caller: Caller): Promise<void>;
}

/** Whoever tells it may look at what was told. */
export const INVENTORY_READERS = ["devices:read", "inventory:write"] as const;

function kindOf(name: string): InventoryKindName {
  const kind = INVENTORY_KIND_NAMES.find((one) => one === name);
  if (kind !== undefined) return kind;
  const known = INVENTORY_KIND_NAMES.join(", ");
  const message = `there is no such kind of inventory.${didYouMean(name, INVENTORY_KIND_NAMES)} Kinds: ${known}`;
  throw new AppError("not_found", message, { details: { kinds: INVENTORY_KIND_NAMES } });
}

export function inventoryOf({ store }: { readonly store: InventoryStore }): Inventory {
  return {
    async list(caller) {
      demand(caller, ...INVENTORY_READERS);
      const counts = new Map((await store.counts()).map((one) => [one.kind, one]));
      return INVENTORY_KIND_NAMES.map((kind) => {
        const { items = 0, toldAt = null } = counts.get(kind) ?? {};
        return { kind, meaning: INVENTORY_KINDS[kind], items, toldAt };
      });
    },

    async items(name, { limit = PAGE_DEFAULT, cursor = null }, caller) {
      demand(caller, ...INVENTORY_READERS);
      return await store.items(kindOf(name), limit, cursor);
    },

    table: (name) => tableOf(INVENTORY[kindOf(name)]),

    async tell(name, lines, caller, options) {
      demand(caller, "inventory:write");
      const kind = kindOf(name);
      checkSize(lines.length, options.replace);
      const entries = await entriesOf(kind, lines);
      return { kind, ...(await store.tell(kind, entries, caller.actor, options)) };
    },

    async forget(name, key, caller) {
      demand(caller, "inventory:write");
      const kind = kindOf(name);
      if (await store.forget(kind, key, caller.actor)) return;
      throw new AppError("not_found", `there is no item of ${kind} with this key`);
    },
  };
}

function checkSize(lines: number, replace: boolean): void {
  if (lines > MAX_LINES) {
    const message = `an upload has at most ${MAX_LINES} lines, and this has ${lines}; split it, without replace. Nothing was changed`;
    throw new AppError("payload_too_large", message, { details: { limitLines: MAX_LINES } });
  }
  // An empty file is a fault of whoever writes it far more often than an empty network.
  if (lines > 0) return;
  const message = replace
    ? "there is no line in this, and replace would delete all there is; delete items by their keys. Nothing was changed"
    : "there is no line in this; nothing was changed";
  throw new AppError("invalid", message);
}

async function entriesOf(
  kind: InventoryKindName,
  lines: readonly ImportLine[],
): Promise<readonly Read[]> {
  const problems: Problem[] = [];
  const entries = new Map<string, Read>();
  const first = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    if (at % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    const read = entryOf(kind, line);
    if ("problems" in read) {
      problems.push(...read.problems);
      if (problems.length >= MAX_PROBLEMS) break;
      continue;
    }
    const earlier = first.get(read.key);
    if (earlier === undefined) {
      first.set(read.key, line.line);
      entries.set(read.key, read);
    } else problems.push(twice(line.line, earlier));
  }
  if (problems.length === 0) return [...entries.values()];
  const [{ line, pointer = "", message } = { message: "is not valid" }] = problems;
  const place = `line ${line ?? 1}: ${pointer} ${message}`;
  throw new AppError("invalid", `${place}; nothing was changed`, {
    problems: problems.slice(0, MAX_PROBLEMS),
  });
}

function entryOf(
  kind: InventoryKindName,
  line: ImportLine,
): Read | { readonly problems: readonly Problem[] } {
  if ("error" in line) return { problems: line.error.problems };
  const { schema } = INVENTORY[kind];
  const parsed = schema.safeParse(line.value);
  if (parsed.success) return INVENTORY[kind].read(parsed.data);
  const found = problemsOf(parsed.error, schema);
  return { problems: found.map((problem) => ({ ...problem, line: line.line })) };
}

function twice(line: number, earlier: number): Problem {
  const message = `names the item of line ${earlier} again; leave one of them`;
  return { line, code: "duplicate_item", message };
}
