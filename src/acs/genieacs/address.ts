/**
 * Names, ids and addresses of the NBI (genieacs-nbi.md 1, 2). Pure.
 *
 * One malformed id, name or operator takes an NBI worker down for 21 s (0.11), so nothing is put into an address that was
 * not looked at here.
 *
 * A name that can be asked for: `Device.PPP.Interface.1.Username`, `Device.Hosts.` (a subtree). One that cannot: `*` and
 * `[...]`, which GenieACS reads as patterns; a segment that begins with `_`, where it keeps its own members; an empty one.
 */
import type { ParameterPath } from "../../model/parameter.ts";

const NAME = /^[A-Za-z][\w-]*(\.[A-Za-z0-9-][\w-]*)*\.?$/;
const TASK_ID = /^[0-9a-f]{24}$/;

export function isName(path: ParameterPath): boolean {
  return NAME.test(path);
}

/** As those of the samples. Others may mean something in a query (0.11), and nobody tried. */
export function isFileName(name: string): boolean {
  return /^\w[\w.-]{0,254}$/.test(name);
}

export function isTaskId(text: unknown): text is string {
  return typeof text === "string" && TASK_ID.test(text);
}

/** GenieACS writes objects without the dot at their end. */
export function withoutDot(path: ParameterPath): string {
  return path.endsWith(".") ? path.slice(0, -1) : path;
}

/**
 * Proxies and Node refuse a request line of 8 or 16 KB. A longer projection asks for whole objects instead of single
 * parameters: the same values come back, with others that are passed over.
 */
const LONGEST_PROJECTION = 4_000;

/** What to ask of a document so that it holds the names; none of them lies inside another one. */
export function projectionOf(names: readonly ParameterPath[]): readonly string[] {
  const plain = names.map(withoutDot);
  let depth = Math.max(1, ...plain.map((name) => name.split(".").length));
  for (;;) {
    const cut = outermost(plain, depth);
    if (depth <= 1 || cut.join(",").length <= LONGEST_PROJECTION) return cut;
    depth -= 1;
  }
}

function outermost(names: readonly string[], depth: number): readonly string[] {
  const cut = new Set(names.map((name) => name.split(".").slice(0, depth).join(".")));
  return [...cut].filter((name) => {
    for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
      if (cut.has(name.slice(0, dot))) return false;
    }
    return true;
  });
}

/** Whether a projection was about a parameter. */
export function isProjected(path: ParameterPath, projection: readonly string[]): boolean {
  return projection.some((name) => path === name || path.startsWith(`${name}.`));
}

interface Query {
  readonly query: Readonly<Record<string, unknown>>;
  readonly projection: readonly string[];
  readonly sort?: Readonly<Record<string, 1>>;
  readonly limit?: number;
}

/** There is no read of a single document (405): a collection is always queried. */
export function listPath(
  collection: "devices" | "tasks" | "faults" | "files",
  { query, projection, sort, limit }: Query,
): string {
  const parts = [`query=${encodeURIComponent(JSON.stringify(query))}`];
  if (projection.length > 0) parts.push(`projection=${encodeURIComponent(projection.join(","))}`);
  if (sort !== undefined) parts.push(`sort=${encodeURIComponent(JSON.stringify(sort))}`);
  if (limit !== undefined) parts.push(`limit=${limit}`);
  return `/${collection}/?${parts.join("&")}`;
}

/**
 * The id holds `%XX` of its own and is encoded once more: encoded only once it is another device (1).
 * @param knocks whether the CPE is to make contact now; else the task waits for its next Inform
 */
export function tasksPath(deviceId: string, knocks = true): string {
  return `/devices/${encodeURIComponent(deviceId)}/tasks${knocks ? "?connection_request" : ""}`;
}

export function taskPath(taskId: string): string {
  return `/tasks/${encodeURIComponent(taskId)}`;
}

export function faultId(deviceId: string, taskId: string): string {
  return `${deviceId}:task_${taskId}`;
}

export function faultPath(deviceId: string, taskId: string): string {
  return `/faults/${encodeURIComponent(faultId(deviceId, taskId))}`;
}
