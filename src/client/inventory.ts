/** Calls about the inventory; apart from the client's other ones, which are about the fleet. */
import type { ApiPage } from "../model/api.ts";
import type {
  ApiInventoryItem,
  ApiInventoryKind,
  ApiInventoryLoaded,
} from "../model/api-inventory.ts";
import type { PlumbClient } from "./http.ts";
import type { QueryOf } from "./typed.ts";

export interface InventoryCalls {
  kinds(): Promise<ApiPage<ApiInventoryKind>>;
  /** By key. */
  items(
    kind: string,
    query: { readonly limit?: string; readonly cursor?: string },
  ): Promise<ApiPage<ApiInventoryItem>>;
  tell(
    kind: string,
    lines: { readonly type: string; readonly text: string },
    query: QueryOf<"PUT /v1/inventory/{kind}">,
  ): Promise<ApiInventoryLoaded>;
  forget(kind: string, key: string): Promise<void>;
}

/** A hundred thousand lines are one transaction. */
const TELL_MS = 10 * 60_000;

/** @example await inventoryCalls(client).forget("stock", "A0417") */
export function inventoryCalls(client: PlumbClient): InventoryCalls {
  const at = (kind: string): string => `/v1/inventory/${encodeURIComponent(kind)}`;
  return {
    kinds: () => client.call("GET /v1/inventory"),
    items: (kind, query) => client.ask("GET", at(kind), { query }),
    tell: (kind, lines, query) => client.ask("PUT", at(kind), { query, lines, timeoutMs: TELL_MS }),
    forget: (kind, key) => client.ask("DELETE", `${at(kind)}/${encodeURIComponent(key)}`),
  };
}
