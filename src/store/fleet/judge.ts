/**
 * What a PUT would be, without doing it and without the lock of the device: for thousands of lines that are only counted.
 * The same decisions in the same order as `put` in `documents.ts`, which decides again under the lock for each that is then
 * written. To do it and roll it back, as a dry run of one does, cost an import more than its writes, and left dead rows.
 */
import type { Kysely } from "kysely";
import type { FieldSet } from "../../model/records.ts";
import type { FleetStore } from "../../ports/fleet-store.ts";
import type { Keyring } from "../keyring.ts";
import { isSameSecret, PASSWORD_FIELD, storedSecret, type SecretPlace } from "../secrets.ts";
import type { Database } from "../tables.ts";
import {
  changedFields,
  nextSpec,
  passwordVersion,
  refuseOwned,
  specOf,
  type DocumentSpec,
} from "./document-spec.ts";
import { documentsOf } from "./document-rows.ts";

/** No version of a stored password: equal to none. */
const ANOTHER = -1;

async function passwordAfter(
  db: Kysely<Database>,
  keyring: Keyring,
  place: SecretPlace,
  { credentials }: FieldSet,
  before: DocumentSpec,
  clear: boolean,
): Promise<number> {
  if (clear || credentials === undefined) return 0;
  const { password } = credentials;
  const kept = passwordVersion(before);
  if (password === undefined) return kept;
  if (kept === 0) return ANOTHER;
  const stored = await storedSecret(db, place);
  return stored !== undefined && isSameSecret(keyring, stored, password) ? kept : ANOTHER;
}

export function judge(db: Kysely<Database>, keyring: Keyring): Pick<FleetStore, "judgeDocument"> {
  return {
    async judgeDocument(device, fields, { owner: writer }, { clearSecret }) {
      const all = await documentsOf(db, device);
      const row = all.find((each) => each.writer === writer);
      refuseOwned(fields, writer, all);
      if (row === undefined || row.ended_at !== null) return "created";
      const place = { device, writer, field: PASSWORD_FIELD };
      const before = specOf(row);
      const password = await passwordAfter(db, keyring, place, fields, before, clearSecret);
      const changed = changedFields(before, nextSpec(fields, password));
      return changed.length === 0 ? "unchanged" : "changed";
    },
  };
}
