/** Calls about imports that were made; making one is `PlumbClient.import`. */
import type { ApiPage } from "../model/api.ts";
import type { ApiImport, ApiImportDetail } from "../model/api-imports.ts";
import type { PlumbClient } from "./http.ts";

export interface ImportCalls {
  /** The caller's own, newest first. */
  list(): Promise<ApiPage<ApiImport>>;
  /** A page of its lines. @param id or `last` */
  show(
    id: string,
    query: { readonly cursor?: string; readonly limit?: string; readonly outcome?: string },
  ): Promise<ApiImportDetail>;
  /** With every line that has an outcome by now. */
  whole(id: string): Promise<ApiImportDetail>;
}

/** @example await importCalls(client).show("last", { outcome: "refused" }) */
export function importCalls(client: PlumbClient): ImportCalls {
  const show: ImportCalls["show"] = (id, query) =>
    client.ask("GET", `/v1/imports/${encodeURIComponent(id)}`, { query });
  return {
    list: () => client.ask("GET", "/v1/imports"),
    show,
    async whole(id) {
      const first = await show(id, { limit: "1000" });
      const results = [...first.results];
      for (let cursor = first.next; cursor !== null;) {
        // By its id: another import may have become the last one meanwhile.
        const page = await show(first.id, { limit: "1000", cursor });
        results.push(...page.results);
        cursor = page.next;
      }
      return { ...first, results, next: null };
    },
  };
}
