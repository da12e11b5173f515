/** What applying some documents would change, field by field: the plan's first half, and what `apply` then does. */
import type { Problem } from "../lib/errors.ts";
import { canonicalJson, hashValue } from "../lib/hash.ts";
import { pointerOf } from "../lib/schema.ts";
import type { KindName, Manifest } from "./kinds.ts";
import { isSecretRef, printSecretRef } from "./kinds/parts.ts";
import type { SourcedManifest } from "./parse.ts";

/** A record as the store has it. `spec` is the parsed spec that was applied, not what was typed. */
export interface StoredRecord {
  readonly revision: number;
  /** `contentHash` of its labels and spec at that revision. */
  readonly hash: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: unknown;
}

/** One field. Undefined is "was not there" or "will not be there"; a secret shows as its reference. */
export interface Difference {
  readonly pointer: string;
  readonly from: unknown;
  readonly to: unknown;
}

interface Change {
  readonly action: "created" | "changed" | "unchanged";
  readonly manifest: SourcedManifest;
  /** The stored revision, null for a new record; the next one is one more, and `unchanged` makes none. */
  readonly revision: number | null;
  readonly hash: string;
  /** Whole members of `/metadata/labels` and `/spec`; for `created` everything that it sets. */
  readonly differences: readonly Difference[];
}

export interface ChangeSet {
  /** In the order of the documents. */
  readonly changes: readonly Change[];
  /** The same record in two documents: then nothing may be applied. */
  readonly problems: readonly Problem[];
}

/** Content address of what a record says: equal content is no change, whoever applies it and however it is typed. */
export function contentHash(record: Pick<StoredRecord, "labels" | "spec">): string {
  return hashValue({ labels: record.labels, spec: record.spec });
}

export function changeSet(
  documents: readonly SourcedManifest[],
  stored: (kind: KindName, name: string) => StoredRecord | undefined,
): ChangeSet {
  const first = new Map<string, SourcedManifest>();
  const changes: Change[] = [];
  const problems: Problem[] = [];
  for (const manifest of documents) {
    const key = `${manifest.kind}/${manifest.metadata.name}`;
    const earlier = first.get(key);
    if (earlier !== undefined) {
      problems.push(twice(key, manifest, earlier));
      continue;
    }
    first.set(key, manifest);
    changes.push(changeOf(manifest, stored(manifest.kind, manifest.metadata.name)));
  }
  return { changes, problems };
}

function changeOf(manifest: SourcedManifest, before: StoredRecord | undefined): Change {
  const after = sayingOf(manifest);
  const hash = contentHash({ labels: manifest.metadata.labels, spec: manifest.spec });
  if (before === undefined) {
    const differences = differencesOf({}, after);
    return { action: "created", manifest, revision: null, hash, differences };
  }
  const same = before.hash === hash;
  return {
    action: same ? "unchanged" : "changed",
    manifest,
    revision: before.revision,
    hash,
    differences: same
      ? []
      : differencesOf({ metadata: { labels: before.labels }, spec: before.spec }, after),
  };
}

function sayingOf({ metadata, spec }: Manifest): unknown {
  return { metadata: { labels: metadata.labels }, spec };
}

function twice(key: string, manifest: SourcedManifest, earlier: SourcedManifest): Problem {
  const at = earlier.source;
  const where = at === null ? "" : `; first at ${at.file}:${at.line}`;
  return {
    ...manifest.source,
    code: "duplicate_record",
    message: `${key} stands here twice${where}`,
  };
}

/** Objects are compared member by member; a list is one value, since its order and length matter as a whole. */
export function differencesOf(
  from: unknown,
  to: unknown,
  path: readonly string[] = [],
): Difference[] {
  if (canonicalJson(from) === canonicalJson(to)) return [];
  const [before, after] = [membersOf(from), membersOf(to)];
  if (after === undefined || (before === undefined && from !== undefined)) {
    // An object that goes away is named member by member too.
    if (before !== undefined && to === undefined) return each(before, {}, path);
    return [{ pointer: pointerOf(path), from: shown(from), to: shown(to) }];
  }
  return each(before ?? {}, after, path);
}

type Members = Readonly<Record<string, unknown>>;

function each(before: Members, after: Members, path: readonly string[]): Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => differencesOf(before[name], after[name], [...path, name]));
}

function membersOf(value: unknown): Members | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return isSecretRef(value) ? undefined : (value as Members);
}

function shown(value: unknown): unknown {
  return isSecretRef(value) ? printSecretRef(value) : value;
}
