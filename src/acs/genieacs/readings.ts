/**
 * The document after a read: what of it the CPE itself said in answer to our question (genieacs-nbi.md 0.3, 4). Pure.
 *
 * The NBI answers 200 whether a name exists or not, and whether the CPE was asked or not; so the time at each leaf decides.
 * - Older than the task: the ACS's memory, not an answer. It counts as not read.
 * - A name that is missing, when the session has read the others, does not exist on the CPE: what any other ACS would say
 *   with the CPE's fault 9005.
 * - A subtree is covered when its object was listed since, or a leaf below it read, and nothing below it is older. So a
 *   table without rows is covered and empty.
 */
import type { ParameterPath, Reading } from "../../model/parameter.ts";
import type { NotSent, ReadResult } from "../../ports/acs.ts";
import { isAsked } from "../asked.ts";
import { isProjected, withoutDot } from "./address.ts";
import { unknown, type Members } from "./answer.ts";
import { treeOf, type Leaf, type Tree } from "./document.ts";

export interface Question {
  readonly asked: readonly ParameterPath[];
  readonly projection: readonly string[];
  readonly identityPath: ParameterPath;
  readonly serial: string;
  /** The time of our task, on the ACS's clock, ms. */
  readonly since: number;
  /** When the task was sent, on our clock. */
  readonly sentAt: Date;
}

export interface Read {
  readonly result: Exclude<ReadResult, NotSent>;
  /** Something that was asked for is older than the question: GenieACS answered it from its memory. */
  readonly stale: boolean;
  /** When the CPE named itself, on the ACS's clock, ms; the time of the question where it did not. */
  readonly answeredAt: number;
}

export function decodeRead(document: Members, question: Question): Read {
  const { asked, projection, identityPath, since } = question;
  const tree = treeOf(document);
  const stranger = [...tree.leaves.keys()].find((path) => !isProjected(path, projection));
  if (stranger !== undefined) {
    const result = unknown("wrong_names", `${stranger.slice(0, 120)} was not asked for`);
    return { result, stale: false, answeredAt: since };
  }
  const exact = new Set(asked);
  const subtrees = asked.filter((name) => name.endsWith("."));
  const wanted = [...tree.leaves].filter(
    ([path, leaf]) => leaf.reading !== undefined && (exact.has(path) || isAsked(path, subtrees)),
  );
  const stale = wanted.some(([, leaf]) => !isSince(leaf, since));
  const disproved = disproof(tree.leaves.get(identityPath), question);
  const answeredAt = Math.max(since, tree.leaves.get(identityPath)?.at ?? since);
  if (disproved !== undefined) return { result: disproved, stale, answeredAt };
  const values = new Map<ParameterPath, Reading>();
  for (const [path, leaf] of wanted) {
    if (leaf.reading !== undefined && isSince(leaf, since)) values.set(path, leaf.reading);
  }
  for (const name of asked) {
    if (!isKnown(name, tree)) values.set(name, NO_SUCH_NAME);
  }
  const covered = subtrees.filter((subtree) => isCovered(subtree, tree, since));
  return {
    result: { kind: "values", snapshot: { values, covered }, readAt: question.sentAt },
    stale,
    answeredAt,
  };
}

/** CWMP: invalid parameter name. */
const NO_SUCH_NAME: Reading = { kind: "failed", code: 9005, text: "GenieACS did not find it" };

function isKnown(name: ParameterPath, { leaves, objects }: Tree): boolean {
  return name.endsWith(".") ? objects.has(withoutDot(name)) : leaves.has(name);
}

function isSince(leaf: Leaf, since: number): boolean {
  return leaf.at !== undefined && leaf.at >= since;
}

function isCovered(subtree: ParameterPath, { leaves, objects }: Tree, since: number): boolean {
  const below = [...leaves].filter(
    ([path, leaf]) => leaf.reading !== undefined && path.startsWith(subtree),
  );
  const listedAt = objects.get(withoutDot(subtree));
  const seen = below.length > 0 || (listedAt !== undefined && listedAt >= since);
  return seen && below.every(([, leaf]) => isSince(leaf, since));
}

/** Another device outranks everything else; a serial number from memory proves nothing. */
function disproof(leaf: Leaf | undefined, { identityPath, serial, since }: Question) {
  const said = leaf?.reading?.kind === "value" ? leaf.reading.text.trim() : "";
  if (said !== "" && said !== serial.trim()) {
    return unknown("wrong_device", `${identityPath} names another device`);
  }
  if (leaf === undefined || said === "") {
    return unknown("incomplete", `${identityPath} was not answered`);
  }
  return isSince(leaf, since)
    ? undefined
    : unknown("incomplete", `${identityPath} was answered from the ACS's memory`);
}
