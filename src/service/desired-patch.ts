/**
 * The body of a PATCH of desired state: checked as far as it can be without the document, then applied to the form that
 * GET shows. What comes out is the body of a PUT, so that a patch can say nothing that a PUT cannot.
 *
 * In a patch what is not named is kept. Two things need a word: a password that was taken away is cleared (in a PUT it
 * would be kept), and a user name with its realm in it (`user@realm`) takes the old realm's place.
 */
import { z } from "zod";
import { AppError } from "../lib/errors.ts";
import { parseWith, pointerOf } from "../lib/schema.ts";
import { merged, NO_NAMES, operated, type Operation } from "../model/desired-patch.ts";
import { membersOf } from "./desired-body.ts";

export type PatchKind = "merge" | "operations";

type Members = Readonly<Record<string, unknown>>;
/** From the document as GET shows it to the body of a PUT. @throws AppError `patch_conflict` */
export type DesiredPatch = (before: Members) => unknown;

const MAX_OPERATIONS = 200;

const pointer = z
  .string()
  .max(1_000)
  .regex(/^(\/([^~/]|~[01])*)*$/, "must be a JSON Pointer like /credentials/username")
  .refine(
    (path) => !path.split("/").some((name) => NO_NAMES.has(name)),
    "names no place of a document",
  );
const value = z.unknown();
const operations = z
  .array(
    z.discriminatedUnion("op", [
      z.strictObject({ op: z.enum(["add", "replace", "test"]), path: pointer, value }),
      z.strictObject({ op: z.literal("remove"), path: pointer }),
      z.strictObject({ op: z.enum(["move", "copy"]), path: pointer, from: pointer }),
    ]),
  )
  .max(MAX_OPERATIONS);

const merge = z.record(z.string(), z.unknown());

/** What the API takes; the document of the API is made of the same. */
export const PATCH_BODIES = { merge, operations };

/** @throws AppError `invalid` with every place */
export function parsePatch(kind: PatchKind, body: unknown): DesiredPatch {
  refuseNames(body, []);
  if (kind === "merge") {
    const patch = parseWith(merge, body, "merge patch");
    const said = membersOf(patch["credentials"]);
    return (before) => whole(before, merged(before, patch), said !== undefined && "realm" in said);
  }
  const list = parseWith(operations, body, "JSON Patch") as readonly Operation[];
  for (const [index, operation] of list.entries()) demandValue(operation, index);
  const saysRealm = list.some(({ path }) =>
    ["", "/credentials", "/credentials/realm"].includes(path),
  );
  return (before) => whole(before, operated(before, list), saysRealm);
}

/** Nowhere: neither what a merge patch is laid over nor what an operation puts in. */
function refuseNames(at: unknown, path: readonly PropertyKey[]): void {
  if (at === null || typeof at !== "object") return;
  for (const name of Object.keys(at)) {
    const here = [...path, name];
    if (NO_NAMES.has(name))
      throw invalid(pointerOf(here), "unknown_field", "is no name of a document");
    refuseNames((at as Members)[name], here);
  }
}

/** A value that is left out is not null: the rest of the message may have been lost. */
function demandValue(operation: Operation, index: number): void {
  const needs = operation.op === "add" || operation.op === "replace" || operation.op === "test";
  if (!needs || "value" in operation) return;
  throw invalid(`/${index}/value`, "missing", "is missing");
}

function invalid(place: string, code: string, message: string): AppError {
  return new AppError("invalid", `patch: ${place} ${message}`, {
    problems: [{ pointer: place, code, message }],
  });
}

function whole(before: Members, after: unknown, saysRealm: boolean): unknown {
  const old = membersOf(before["credentials"]);
  const now = membersOf(membersOf(after)?.["credentials"]);
  if (old === undefined || now === undefined) return after;
  const credentials = { ...now };
  if ("password" in old && !("password" in now)) credentials["password"] = null;
  const { username } = now;
  const inName =
    typeof username === "string" && username !== old["username"] && username.includes("@");
  if (inName && !saysRealm) delete credentials["realm"];
  return { ...membersOf(after), credentials };
}
