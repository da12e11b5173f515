/**
 * One session of a CPE: its Inform, then all due tasks, oldest first (genieacs-nbi.md 3). What a task does is compared with
 * what is remembered, not with the CPE: that is where a real GenieACS goes wrong, and so does this one (0.1, 0.2).
 */
import { isObject } from "../../../model/tree/tree.ts";
import { findNode } from "../cpe-state.ts";
import type { CpeOp, CpeReply } from "../cpe.ts";
import { download, endOperations, type SessionTools } from "./downloads.ts";
import type { KnownDevice } from "./known-device.ts";
import { bent, discover, forget, inform, refresh } from "./memory.ts";
import { provisionsOf, retryAt, type Fault, type Task } from "./tasks.ts";

/** @param breaksOff the CPE loses its power before it has answered the first call */
export function runSession(
  device: KnownDevice,
  tools: SessionTools,
  sessionMs: number,
  breaksOff = false,
): void {
  const { cpe } = tools.acs.look(device.entry);
  inform(device.memory, cpe, sessionMs + 1);
  device.lastInformMs = sessionMs;
  if (cpe.boots !== device.boots) device.lastBootMs = sessionMs;
  if (cpe.resets !== device.resets) device.lastBootstrapMs = sessionMs;
  device.boots = cpe.boots;
  device.resets = cpe.resets;
  endOperations(device, tools, sessionMs);
  for (const task of device.tasks) {
    if (task.atMs >= sessionMs || !isDue(device, task, sessionMs)) continue;
    const fault = breaksOff ? SESSION_TERMINATED : run(device, task, tools, sessionMs);
    conclude(device, task, fault, sessionMs);
    if (breaksOff) return;
  }
}

const SESSION_TERMINATED: Fault = {
  code: "session_terminated",
  message: "The TR-069 session was unsuccessfully terminated",
};

/** A fault holds its task back, unless the task has an expiry: then it is tried at every Inform (0.8). */
function isDue(device: KnownDevice, task: Task, sessionMs: number): boolean {
  const fault = device.faults.get(`task_${task.id}`);
  if (fault === undefined) return true;
  if (fault.expiryMs !== null && fault.expiryMs >= sessionMs) return true;
  return sessionMs >= retryAt(fault);
}

function conclude(device: KnownDevice, task: Task, fault: Fault | null, sessionMs: number): void {
  const channel = `task_${task.id}`;
  if (fault === null) {
    device.tasks = device.tasks.filter((each) => each !== task);
    device.faults.delete(channel);
    return;
  }
  const before = device.faults.get(channel);
  const forgotten = before?.expiryMs != null && before.expiryMs >= sessionMs;
  device.faults.set(channel, {
    ...fault,
    channel,
    atMs: sessionMs,
    retries: before === undefined || forgotten ? 0 : before.retries + 1,
    expiryMs: task.expiryMs,
    provisions: provisionsOf(task.body),
  });
}

function run(
  device: KnownDevice,
  { body, id }: Task,
  tools: SessionTools,
  sessionMs: number,
): Fault | null {
  const perform = (op: CpeOp): CpeReply | undefined => tools.acs.perform(device.entry, op);
  switch (body.name) {
    case "addObject":
      return changeRows(device, perform, "addObject", body.objectName, sessionMs);
    case "deleteObject":
      return changeRows(device, perform, "deleteObject", body.objectName, sessionMs);
    case "reboot":
      note(device, "Reboot", sessionMs);
      return faultOf(perform({ kind: "reboot" }));
    case "factoryReset":
      note(device, "FactoryReset", sessionMs);
      return faultOf(perform({ kind: "factoryReset" }));
    case "download":
      download(device, body, tools, `task_${id}`, sessionMs);
      return null;
    case "getParameterValues":
    case "setParameterValues":
    case "refreshObject":
    case "provisions":
      return declare(device, provisionsOf(body), perform, sessionMs);
  }
}

/** When it was last asked for, as GenieACS's own parameter. */
function note({ memory }: KnownDevice, path: "Reboot" | "FactoryReset", sessionMs: number): void {
  const value = new Date(sessionMs).toISOString();
  const type = "xsd:dateTime";
  memory.leaves.set(path, { value, type, writable: undefined, atMs: sessionMs + 3 });
}

/** The built-in provisions; a name that nobody uploaded does nothing, and is no fault (0.13). */
function declare(
  device: KnownDevice,
  provisions: readonly (readonly unknown[])[],
  perform: (op: CpeOp) => CpeReply | undefined,
  sessionMs: number,
): Fault | null {
  const { memory, entry } = device;
  const named = (name: string) =>
    provisions.filter(([first, path]) => first === name && typeof path === "string");
  for (const [, path] of named("refresh")) {
    refresh(memory, entry.state.cpe, String(path), sessionMs);
  }
  const sets = named("value").flatMap(([, path, wanted]) => {
    const known = discover(memory, entry.state.cpe, String(path));
    if (known?.writable !== true) return [];
    const value = bent(String(wanted), known.type);
    return value === known.value ? [] : [{ path: String(path), value, known }];
  });
  if (sets.length === 0) return null;
  const values = sets.map(({ path, value }) => ({ path, value: String(value) }));
  const fault = faultOf(perform({ kind: "set", values }));
  if (fault !== null) return fault;
  for (const { path, value, known } of sets) {
    memory.leaves.set(path, { ...known, writable: true, value, atMs: sessionMs + 6 });
  }
  return null;
}

/** On a table or a row that is not there nothing happens, and that is no fault (4, Instances). */
function changeRows(
  { memory, entry }: KnownDevice,
  perform: (op: CpeOp) => CpeReply | undefined,
  kind: "addObject" | "deleteObject",
  path: string,
  sessionMs: number,
): Fault | null {
  const node = findNode(entry.state.cpe, `${path}.`);
  const isRow = /\.\d+$/.test(path);
  if (node === undefined || !isObject(node) || node.writable !== true) return null;
  if (isRow !== (kind === "deleteObject")) return null;
  const reply = perform(
    kind === "addObject" ? { kind, table: `${path}.` } : { kind, row: `${path}.` },
  );
  const fault = faultOf(reply);
  if (fault !== null) return fault;
  if (kind === "deleteObject") forget(memory, path);
  const table = isRow ? path.replace(/\.\d+$/, "") : path;
  memory.objects.set(table, { writable: true, listedMs: sessionMs + 2 });
  if (reply?.kind === "added") {
    // Nobody has asked it for its members yet (1).
    memory.objects.set(`${path}.${reply.instance}`, { writable: true, listedMs: undefined });
  }
  return null;
}

const FAULTS: Readonly<Record<number, string>> = {
  9003: "Invalid arguments",
  9004: "Resources exceeded",
  9005: "Invalid parameter name",
};

/** A CPE that is gone in the middle of its session has not answered. */
function faultOf(reply: CpeReply | undefined): Fault | null {
  if (reply === undefined) return SESSION_TERMINATED;
  if (reply.kind !== "fault") return null;
  const message = FAULTS[reply.code] ?? "Request denied";
  const parameters = reply.parameters.map(({ path, code }) => ({
    parameterName: path,
    faultCode: String(code),
    faultString: "Rejected by device",
  }));
  const detail = {
    faultCode: String(reply.code),
    faultString: message,
    setParameterValuesFault: parameters.length === 0 ? null : parameters,
  };
  return { code: `cwmp.${reply.code}`, message, detail };
}
