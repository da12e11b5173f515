/**
 * What GenieACS's documents say of CPEs that nobody asks now, and how old it is (genieacs-nbi.md 0.1, 1). Pure.
 *
 * - Ages are differences of the ACS's own times: its answer's Date, and the time at each leaf and object. Without a Date, or
 *   with one before what the answer tells of, nothing has an age.
 * - A leaf from before the last `0 BOOTSTRAP` is of another life of the CPE: GenieACS keeps it, and it counts as none.
 * - A subtree is covered only if it and every object below were listed, and every leaf below has a value; it is as old as the
 *   oldest of them.
 * - A name without a leaf is left out: it may not exist on the CPE, or nobody may ever have asked.
 */
import { printDeviceId } from "../../model/device.ts";
import type { ParameterPath, Reading } from "../../model/parameter.ts";
import type { Recall, Recalled, RecallResult } from "../../ports/acs-memory.ts";
import type { NotSent } from "../../ports/acs.ts";
import { isProjected, withoutDot } from "./address.ts";
import { timeOf, unknown, type Members } from "./answer.ts";
import { treeOf, type Tree } from "./document.ts";
import { identityOf } from "./translate.ts";

export const MEMORY_PROJECTION: readonly string[] = ["_deviceId", "_lastInform", "_lastBootstrap"];

/** A Date has no milliseconds: it may be so much later than it says. */
const DATE_MS = 999;

/** @param projection of parameters, as it was asked for */
export function decodeMemory(
  documents: readonly Members[],
  page: readonly Recall[],
  projection: readonly string[],
  date: Date | undefined,
): Exclude<RecallResult, NotSent> {
  if (date === undefined)
    return { kind: "refused", code: 200, text: "an answer without a Date: nothing has an age" };
  const nowMs = date.getTime() + DATE_MS;
  const wanted = new Map(page.map((recall) => [printDeviceId(recall.device.identity), recall]));
  const devices: Recalled[] = [];
  for (const document of documents) {
    const id = String(document["_id"]);
    const recall = wanted.get(id);
    if (recall === undefined) return unknown("wrong_device", "a device that was not asked for");
    const tree = treeOf(document);
    const stranger = [...tree.leaves.keys()].find((path) => !isProjected(path, projection));
    if (stranger !== undefined)
      return unknown("wrong_names", `${stranger.slice(0, 120)} was not asked for`);
    if (identityOf(document["_deviceId"], id) === null) {
      return unknown("wrong_type", "a device without its identity");
    }
    const newestMs = Math.max(timeOf(document["_lastInform"]) ?? 0, ...timesOf(tree));
    if (newestMs > nowMs) {
      const text = "its Date is before what it tells of: the clock of another machine";
      return { kind: "refused", code: 200, text };
    }
    const recalled = recalledOf(recall, tree, timeOf(document["_lastBootstrap"]) ?? 0, nowMs);
    if (recalled !== null) devices.push({ id: recall.device.id, ...recalled });
  }
  return { kind: "recalled", devices, asked: page.length };
}

function timesOf({ leaves, objects }: Tree): number[] {
  return [...[...leaves.values()].map(({ at }) => at), ...objects.values()].filter(
    (at) => at !== undefined,
  );
}

/** Null for one that is not who it is asked for, or of which nothing is known. */
function recalledOf(
  { device, names, identityPath }: Recall,
  tree: Tree,
  bootstrapMs: number,
  nowMs: number,
): Omit<Recalled, "id"> | null {
  const said = tree.leaves.get(identityPath)?.reading;
  if (said?.kind !== "value" || said.text.trim() !== device.identity.serial.trim()) return null;
  const values = new Map<ParameterPath, Reading>();
  const covered: string[] = [];
  let oldestMs = nowMs;
  const isOfThisLife = (atMs: number): boolean => atMs >= bootstrapMs;
  for (const name of names) {
    // That it is this device does not grow old.
    if (name === identityPath) continue;
    if (name.endsWith(".")) {
      const below = belowOf(name, tree);
      if (below === null || !isOfThisLife(below.oldestMs)) continue;
      covered.push(name);
      for (const [path, reading] of below.values) values.set(path, reading);
      oldestMs = Math.min(oldestMs, below.oldestMs);
      continue;
    }
    const leaf = tree.leaves.get(name);
    if (leaf?.reading === undefined || leaf.at === undefined || !isOfThisLife(leaf.at)) continue;
    values.set(name, leaf.reading);
    oldestMs = Math.min(oldestMs, leaf.at);
  }
  if (values.size === 0 && covered.length === 0) return null;
  values.set(identityPath, said);
  return { snapshot: { values, covered }, ageMs: nowMs - oldestMs };
}

/** Null when something below was never listed, or never read. */
function belowOf(
  subtree: string,
  { leaves, objects }: Tree,
): { readonly values: readonly (readonly [string, Reading])[]; readonly oldestMs: number } | null {
  const root = withoutDot(subtree);
  if (!objects.has(root)) return null;
  const times: number[] = [];
  const values: [string, Reading][] = [];
  for (const [path, at] of objects) {
    if (path !== root && !path.startsWith(subtree)) continue;
    if (at === undefined) return null;
    times.push(at);
  }
  for (const [path, { reading, at }] of leaves) {
    if (!path.startsWith(subtree)) continue;
    if (reading === undefined || at === undefined) return null;
    values.push([path, reading]);
    times.push(at);
  }
  return { values, oldestMs: Math.min(...times) };
}
