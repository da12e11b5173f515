/** Where sealed secrets stand. A table that is not listed here keeps its old keys for ever: list it. */
import { keptAnswerAad } from "./fleet/replays.ts";
import { aadOf } from "./secrets.ts";
import { signingAad } from "./webhook-secrets.ts";

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
    aad: ({ device, writer, field, version }) =>
      aadOf(
        { device: Number(device), writer: String(writer), field: String(field) },
        Number(version),
      ),
  },
  {
    name: "webhook_secrets",
    key: [
      { column: "webhook", type: "text" },
      { column: "version", type: "int" },
    ],
    aad: (row) => signingAad(String(row["webhook"]), Number(row["version"])),
  },
  {
    // Where nothing is kept yet there is no key either, and none is missed.
    name: "idempotency_keys",
    key: [
      { column: "owner", type: "text" },
      { column: "key", type: "text" },
    ],
    aad: (row) => keptAnswerAad({ owner: String(row["owner"]), key: String(row["key"]) }),
  },
];
