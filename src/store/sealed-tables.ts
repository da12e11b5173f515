/** Where sealed secrets stand. A table that is not listed here keeps its old keys for ever: list it. */
import type { SecretPlace } from "./secrets.ts";
import { aadOf } from "./secrets.ts";

export interface SealedTable {
  readonly name: string;
  /** The primary key, with the types that name a row from outside. */
  readonly key: readonly { readonly column: string; readonly type: "bigint" | "text" | "int" }[];
  /** The place that the secret of a row is bound to. */
  readonly aad: (row: Readonly<Record<string, unknown>>) => string;
}

export const SEALED_TABLES: readonly SealedTable[] = [
  {
    name: "secrets",
    key: [
      { column: "device", type: "bigint" },
      { column: "writer", type: "text" },
      { column: "field", type: "text" },
      // Not of the primary key, and of the place: a row that changed meanwhile is another one.
      { column: "version", type: "int" },
    ],
    aad: (row) => aadOf(row as unknown as SecretPlace, Number(row["version"])),
  },
];
