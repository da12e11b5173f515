/**
 * Port shapes -> tasks of the NBI (genieacs-nbi.md 1, 4). Pure.
 *
 * A task `setParameterValues` is compared with the cache, and sends nothing where that already agrees (0.1). So values are
 * read from the CPE and then set in one task of the built-in provisions `refresh` and `value`: what the CPE does not hold
 * is sent, whatever the cache says. Values go as text, which GenieACS turns into the type that it knows (0.4).
 */
import type { Change, ParameterPath } from "../../model/parameter.ts";
import { isFileName, isName, withoutDot } from "./address.ts";

/**
 * Inserting a task deletes the earlier one of that device with the same key (1): whatever became of it, at most one task
 * of ours waits for a device, and never two that contradict each other.
 */
export const OUR_KEY = "plumbline";

type Provision = readonly [name: "refresh" | "value", path: string, value?: string];

export type Task = { readonly uniqueKey: typeof OUR_KEY } & (
  | { readonly name: "provisions"; readonly provisions: readonly Provision[] }
  | { readonly name: "addObject" | "deleteObject"; readonly objectName: string }
  | { readonly name: "reboot" | "factoryReset" }
  | { readonly name: "download"; readonly fileType: string; readonly fileName: string }
);

/** One session in which the CPE is asked for all the names; `refresh` of an object walks all that is below it. */
export function refreshTask(names: readonly ParameterPath[]): Task {
  const provisions = names.map((name) => ["refresh", withoutDot(name)] as const);
  return { name: "provisions", provisions, uniqueKey: OUR_KEY };
}

/** Opens secrets: what it returns goes straight into the body of the call. */
export function changeTask(change: Change): Task {
  switch (change.kind) {
    case "set": {
      const provisions = change.values.flatMap(({ path, value }): Provision[] => [
        ["refresh", path],
        ["value", path, typeof value === "string" ? value : value.open()],
      ]);
      return { name: "provisions", provisions, uniqueKey: OUR_KEY };
    }
    case "add":
      return {
        name: "addObject",
        objectName: withoutDot(change.table),
        uniqueKey: OUR_KEY,
      };
    case "delete":
      return {
        name: "deleteObject",
        objectName: withoutDot(change.row),
        uniqueKey: OUR_KEY,
      };
    case "reboot":
      return { name: "reboot", uniqueKey: OUR_KEY };
    case "download": {
      // GenieACS makes the address itself, from its file server (4).
      const { fileType, fileName } = change;
      return { name: "download", fileType, fileName, uniqueKey: OUR_KEY };
    }
    case "factoryReset":
      return { name: "factoryReset", uniqueKey: OUR_KEY };
  }
}

/** Why a change cannot be put into a task, or undefined. */
export function misfitOf(change: Change): string | undefined {
  if (change.kind === "download" && !isFileName(change.fileName)) {
    return `${change.fileName.slice(0, 120)} is not a name of a file that GenieACS can be asked for`;
  }
  const paths =
    change.kind === "set"
      ? change.values.map(({ path }) => path)
      : change.kind === "add"
        ? [change.table]
        : change.kind === "delete"
          ? [change.row]
          : [];
  const odd = paths.find((path) => !isName(path) || (change.kind === "set" && path.endsWith(".")));
  if (odd !== undefined) return `${odd.slice(0, 120)} is not a name that GenieACS can be given`;
  return change.kind === "set" && paths.length === 0 ? "there is nothing to set" : undefined;
}
