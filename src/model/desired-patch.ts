/**
 * Patches of a desired document in the form that GET shows: JSON Merge Patch (RFC 7396) and JSON Patch (RFC 6902).
 *
 * A patch is somebody's text: it never reaches a prototype, and what it makes is never larger than a body may be, though
 * each `copy` could double it. What it makes is checked like the body of a PUT afterwards.
 */
import jsonPatch, { type Operation } from "fast-json-patch";
import { AppError } from "../lib/errors.ts";

export type { Operation } from "fast-json-patch";

type Members = Readonly<Record<string, unknown>>;

const MAX_BYTES = 64 * 1024;

/** Names that a document never has, and that reach what all objects share. */
export const NO_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

function isObject(value: unknown): value is Members {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Null takes a member away, an object goes into the one that is there, anything else takes its place. */
export function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const members = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, merged(members.get(name), value));
  }
  return Object.fromEntries(members);
}

/**
 * All operations or none. `before` is left as it is.
 * @throws AppError `patch_conflict`: a test failed, or a place is not there; `payload_too_large`
 */
export function operated(before: Members, operations: readonly Operation[]): unknown {
  let document: unknown = structuredClone(before);
  for (const [index, operation] of operations.entries()) {
    try {
      // A copy, as later operations change what this one puts in.
      document = jsonPatch.applyOperation(
        document,
        structuredClone(operation),
        true,
        true,
        true,
        index,
      ).newDocument;
    } catch (error) {
      throw notApplicable(error, operation, index);
    }
    if (operation.op === "copy" && JSON.stringify(document ?? null).length > MAX_BYTES) {
      throw new AppError("payload_too_large", "what this patch makes is larger than a body may be");
    }
  }
  return document;
}

function notApplicable(error: unknown, { op, path }: Operation, index: number): AppError {
  const failed = (error as { name?: unknown }).name === "TEST_OPERATION_FAILED";
  const message = failed
    ? `operation ${index}: the test of ${path} failed`
    : `operation ${index}: ${op} finds nothing that it can change at ${path}`;
  const problem = { pointer: path, code: failed ? "test_failed" : "no_such_place", message };
  return new AppError(
    "patch_conflict",
    `${message}; nothing was changed. Read the document again.`,
    {
      problems: [problem],
      details: { operation: index },
    },
  );
}
