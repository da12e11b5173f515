/**
 * Files, and Downloads from the CPE's yes to their end in a later session (genieacs-nbi.md 0.10, 4). A Download that fails
 * leaves a fault whose task is gone, and is sent again when its time has come.
 */
import { findNode } from "../cpe-state.ts";
import type { SimulatedAcs } from "../sim-acs.ts";
import type { KnownDevice, Operation } from "./known-device.ts";
import { inform } from "./memory.ts";
import { retryAt } from "./tasks.ts";

export interface StoredFile {
  readonly name: string;
  readonly length: number;
  readonly uploadedMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export type Files = ReadonlyMap<string, StoredFile>;

interface Wanted {
  readonly fileType: string;
  readonly fileName: string;
}

/** The CPE takes the Download; what comes of it is told by its next session. */
export function download(
  device: KnownDevice,
  { fileType, fileName }: Wanted,
  channel: string,
  sessionMs: number,
  retries = 0,
): void {
  const instance = instanceOf(device, fileName);
  const operation: Operation = {
    id: `${device.id}:${sessionMs.toString(16)}${String(instance).padStart(4, "0")}`,
    channel,
    atMs: sessionMs,
    provision: ["download", fileType, fileName, ""],
    fileType,
    fileName,
    retries,
  };
  device.operations = [...device.operations, operation];
  const base = { FileType: fileType, FileName: fileName, TargetFileName: "" };
  note(device, instance, { ...base, Download: sessionMs }, true, sessionMs + 2);
  const last = { LastFileType: "", LastFileName: "", LastTargetFileName: "", LastDownload: 0 };
  if (!device.memory.leaves.has(`Downloads.${instance}.LastDownload`)) {
    note(device, instance, { ...last, StartTime: 0, CompleteTime: 0 }, false, sessionMs + 2);
  }
}

function instanceOf({ memory }: KnownDevice, fileName: string): number {
  for (let instance = 1; ; instance += 1) {
    const known = memory.leaves.get(`Downloads.${instance}.FileName`);
    if (known === undefined || known.value === fileName) return instance;
  }
}

/** Numbers are times. */
function note(
  { memory }: KnownDevice,
  instance: number,
  members: Readonly<Record<string, string | number>>,
  writable: boolean,
  atMs: number,
): void {
  memory.objects.set("Downloads", { writable: true, listedMs: undefined });
  memory.objects.set(`Downloads.${instance}`, { writable: true, listedMs: atMs });
  for (const [name, value] of Object.entries(members)) {
    const isTime = typeof value === "number";
    memory.leaves.set(`Downloads.${instance}.${name}`, {
      value: isTime ? new Date(value).toISOString() : value,
      type: isTime ? "xsd:dateTime" : "xsd:string",
      writable,
      atMs,
    });
  }
}

/** At the start of a session: what was being downloaded has ended, and what failed before may be tried again. */
export function endOperations(
  device: KnownDevice,
  { acs, files }: { readonly acs: SimulatedAcs; readonly files: Files },
  sessionMs: number,
): void {
  for (const operation of device.operations) end(device, operation, acs, files, sessionMs);
  device.operations = [];
  for (const [channel, fault] of device.faults) {
    const [first] = fault.provisions;
    if (first?.[0] !== "download" || sessionMs < retryAt(fault)) continue;
    device.faults.delete(channel);
    const wanted = { fileType: String(first[1]), fileName: String(first[2]) };
    download(device, wanted, channel, sessionMs, fault.retries + 1);
  }
}

function end(
  device: KnownDevice,
  { channel, atMs, provision, fileType, fileName, retries }: Operation,
  acs: SimulatedAcs,
  files: Files,
  sessionMs: number,
): void {
  const file = files.get(fileName);
  if (file === undefined) {
    const message = "HTTP 404";
    const detail = { faultCode: "9016", faultString: message, setParameterValuesFault: null };
    const fault = { code: "cwmp.9016", message, detail, channel, retries, expiryMs: null };
    device.faults.set(channel, { ...fault, atMs: sessionMs, provisions: [provision] });
    return;
  }
  const told = { LastFileType: fileType, LastFileName: fileName, LastTargetFileName: "" };
  const times = { LastDownload: atMs, StartTime: atMs, CompleteTime: sessionMs };
  note(device, instanceOf(device, fileName), { ...told, ...times }, false, sessionMs + 1);
  const version = file.metadata["version"];
  const path = `${device.entry.device.model.root}.DeviceInfo.SoftwareVersion`;
  if (version === undefined || findNode(device.entry.state.cpe, path) === undefined) return;
  acs.tamper(device.entry, [{ path, value: version }]);
  inform(device.memory, device.entry.state.cpe, sessionMs + 1);
}
