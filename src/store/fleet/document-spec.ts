/** Documents as values: from fields to the stored spec, to the view without secrets, and what may not be written. */
import type { Selectable } from "kysely";
import { AppError, type Problem } from "../../lib/errors.ts";
import { canonicalJson } from "../../lib/hash.ts";
import type { Credentials } from "../../model/fields/credentials.ts";
import { FIELD_NAMES, type FieldName } from "../../model/fields/index.ts";
import type { FieldSet } from "../../model/records.ts";
import type { DocumentView, FleetStore } from "../../ports/fleet-store.ts";
import { shownSecret, type StoredSecret } from "../secrets.ts";
import type { Database } from "../tables.ts";

type WithoutSecret = Omit<FieldSet, "credentials"> & {
  readonly credentials?: Omit<Credentials, "password">;
};

export type DocumentRow = Selectable<Database["desired_documents"]>;

/** As it is stored: a secret stands as its version. Two specs are the same document when they are equal as JSON. */
export type DocumentSpec = Omit<FieldSet, "credentials"> & {
  readonly credentials?: StoredCredentials;
};

interface StoredCredentials extends Omit<Credentials, "password"> {
  readonly password?: { readonly version: number };
}

/** An ended document says nothing. */
export function specOf(row: DocumentRow | undefined): DocumentSpec {
  return row === undefined || row.ended_at !== null ? {} : row.spec;
}

/** Version of the password in a spec; 0 is "none". */
export function passwordVersion(spec: DocumentSpec): number {
  return spec.credentials?.password?.version ?? 0;
}

/** @param password version of the password that the document has from now on; 0 leaves it without one */
export function nextSpec(fields: WithoutSecret, password: number): DocumentSpec {
  const { credentials, ...others } = fields;
  if (credentials === undefined) return others;
  const { username, realm } = credentials;
  const mark = password === 0 ? {} : { password: { version: password } };
  return { ...others, credentials: { username, realm, ...mark } };
}

/** Fields that one spec has otherwise than the other, in the order of the registry. */
export function changedFields(before: DocumentSpec, after: DocumentSpec): FieldName[] {
  return FIELD_NAMES.filter((name) => canonicalJson(before[name]) !== canonicalJson(after[name]));
}

/** @param secret the row of its password; a document without one is shown without it */
export function viewOf(row: DocumentRow, secret: StoredSecret | undefined): DocumentView {
  const fields: Record<string, unknown> = { ...row.spec };
  const credentials = (row.spec as DocumentSpec).credentials;
  if (credentials !== undefined) {
    const { password: mark, ...open } = credentials;
    const shown = mark === undefined || secret === undefined ? {} : shownSecret(secret);
    fields["credentials"] =
      mark === undefined ? open : { ...open, password: { set: true, ...shown } };
  }
  return {
    writer: row.writer,
    generation: row.generation,
    fields,
    changedAt: row.changed_at,
    endedAt: row.ended_at,
  };
}

/** Between documents there is no last writer who wins. @throws AppError `field_conflict` with every field at once */
export function refuseOwned(fields: FieldSet, writer: string, all: readonly DocumentRow[]): void {
  const owned = all
    .filter((row) => row.writer !== writer)
    .flatMap((row) => {
      const spec = specOf(row);
      const names = FIELD_NAMES.filter(
        (name) => fields[name] !== undefined && spec[name] !== undefined,
      );
      const since = row.changed_at.toISOString();
      return names.map((field) => ({ field, owner: row.writer, since }));
    });
  const [first] = owned;
  if (first === undefined) return;
  const problems = owned.map(({ field, owner, since }): Problem => {
    const message = `${field} is set by ${owner} since ${since}`;
    return { pointer: `/${field}`, code: "owned_by", message };
  });
  throw new AppError(
    "field_conflict",
    `${problems.map(({ message }) => message).join("; ")}. Leave the field out, or let its owner release it.`,
    { problems, details: { owner: first.owner, since: first.since } },
  );
}

type Precondition = Parameters<FleetStore["putDocument"]>[3];

/** @throws AppError `generation_changed` with the current generation, null when there is no document */
export function checkPrecondition(row: DocumentRow | undefined, condition: Precondition): void {
  const current = row === undefined || row.ended_at !== null ? null : row.generation;
  const { ifMatch, ifNoneMatch } = condition;
  const refused =
    (ifNoneMatch && current !== null) ||
    (ifMatch !== null && (current === null || (ifMatch !== "*" && !ifMatch.includes(current))));
  if (!refused) return;
  const now = current === null ? "there is no document" : `it has generation ${current}`;
  throw new AppError(
    "generation_changed",
    `The document is not the one that this change was made for: ${now}. Read it again and decide anew.`,
    { details: { current } },
  );
}
