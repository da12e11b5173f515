/**
 * Tasks and faults of the NBI. What the real one does not look at before it uses it ends its worker (genieacs-nbi.md 0.11);
 * here it is `undefined`.
 */
import { z } from "zod";

const values = z
  .array(
    z.union([
      z.tuple([z.string().min(1), z.union([z.string(), z.number(), z.boolean()])]),
      // The type is taken, and not looked at (0.4).
      z.tuple([
        z.string().min(1),
        z.union([z.string(), z.number(), z.boolean()]),
        z.string().nullable(),
      ]),
    ]),
  )
  .min(1);

const body = z.discriminatedUnion("name", [
  z.looseObject({
    name: z.literal("getParameterValues"),
    parameterNames: z.array(z.string().min(1)).min(1),
  }),
  z.looseObject({ name: z.literal("setParameterValues"), parameterValues: values }),
  z.looseObject({ name: z.literal("refreshObject"), objectName: z.string() }),
  z.looseObject({
    name: z.literal("addObject"),
    objectName: z.string(),
    parameterValues: values.optional(),
  }),
  z.looseObject({ name: z.literal("deleteObject"), objectName: z.string().min(1) }),
  z.looseObject({ name: z.literal("reboot") }),
  z.looseObject({ name: z.literal("factoryReset") }),
  z.looseObject({
    name: z.literal("download"),
    fileType: z.string().min(1),
    fileName: z.string().min(1),
    targetFileName: z.string().optional(),
  }),
  z.looseObject({
    name: z.literal("provisions"),
    provisions: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  }),
]);

export type TaskBody = z.output<typeof body>;

export interface Task {
  /** As it was posted, with device, timestamp and _id: what the NBI shows of it. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly body: TaskBody;
  readonly id: string;
  readonly atMs: number;
  readonly expiryMs: number | null;
  readonly uniqueKey: string;
}

export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
}

/** A fault of a channel, with what it keeps for the next try. */
export interface KeptFault extends Fault {
  readonly channel: string;
  readonly atMs: number;
  readonly retries: number;
  readonly expiryMs: number | null;
  readonly provisions: readonly (readonly unknown[])[];
}

/** ms; doubles with each try, without end (0.9). */
const RETRY_DELAY_MS = 300_000;

export function retryAt(fault: KeptFault): number {
  return fault.atMs + RETRY_DELAY_MS * 2 ** fault.retries;
}

/** @returns undefined for a body that ends the worker of the real one */
export function taskOf(
  given: unknown,
  device: string,
  id: string,
  nowMs: number,
): Task | undefined {
  const parsed = body.safeParse(given);
  if (!parsed.success) return undefined;
  const { expiry, uniqueKey } = parsed.data;
  const timestamp = new Date(nowMs).toISOString();
  const expiryMs = typeof expiry === "number" ? nowMs + expiry * 1_000 : null;
  return {
    shown: { ...(given as object), device, timestamp, _id: id },
    body: parsed.data,
    id,
    atMs: nowMs,
    expiryMs,
    uniqueKey: typeof uniqueKey === "string" ? uniqueKey : "",
  };
}

/** Everything that a task does, as the provisions that it stands for; faults repeat them, values and all. */
export function provisionsOf(task: TaskBody): readonly (readonly unknown[])[] {
  switch (task.name) {
    case "getParameterValues":
      return task.parameterNames.map((name) => ["refresh", name]);
    case "setParameterValues":
      return task.parameterValues.map(([path, value]) => ["value", path, value]);
    case "refreshObject":
      return [["refresh", task.objectName]];
    case "addObject":
      return [["instances", `${task.objectName}.[]`, "+1"]];
    case "deleteObject":
      return [["instances", task.objectName, 0]];
    case "reboot":
      return [["reboot"]];
    case "factoryReset":
      return [["reset"]];
    case "download":
      return [["download", task.fileType, task.fileName, task.targetFileName ?? ""]];
    case "provisions":
      return task.provisions;
  }
}
