/**
 * Files, and Downloads from the CPE's yes to their end in a later session (genieacs-nbi.md 0.10, 4). A Download that fails
 * leaves a fault whose task is gone, and is sent again when its time has come.
 */
import { versionIn, type FileServer } from "../firmware.ts";
import type { SimulatedAcs } from "../sim-acs.ts";
import type { KnownDevice, Operation } from "./known-device.ts";
import { retryAt } from "./tasks.ts";

export interface StoredFile {
  readonly name: string;
  readonly length: number;
  readonly uploadedMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a session needs besides its device. */
export interface SessionTools {
  readonly acs: SimulatedAcs;
  readonly files: ReadonlyMap<string, StoredFile>;
  readonly trouble: { readonly fileServer: FileServer };
}

interface Wanted {
  readonly fileType: string;
  readonly fileName: string;
}

/** The CPE takes the Download; what comes of it is told by a later session. */
export function download(
  device: KnownDevice,
  { fileType, fileName }: Wanted,
  { acs, files, trouble }: SessionTools,
  channel: string,
  sessionMs: number,
  retries = 0,
): void {
  const instance = instanceOf(device, fileName);
  const file = trouble.fileServer === "answers" ? files.get(fileName) : undefined;
  const { flashes } = device.entry.state.cpe;
  const operation: Operation = {
    id: `${device.id}:${sessionMs.toString(16)}${String(instance).padStart(4, "0")}`,
    channel,
    atMs: sessionMs,
    provision: ["download", fileType, fileName, ""],
    fileType,
    fileName,
    retries,
    flashes: file === undefined ? null : flashes,
  };
  device.operations = [...device.operations, operation];
  const base = { FileType: fileType, FileName: fileName, TargetFileName: "" };
  note(device, instance, { ...base, Download: sessionMs }, true, sessionMs + 2);
  const last = { LastFileType: "", LastFileName: "", LastTargetFileName: "", LastDownload: 0 };
  if (!device.memory.leaves.has(`Downloads.${instance}.LastDownload`)) {
    note(device, instance, { ...last, StartTime: 0, CompleteTime: 0 }, false, sessionMs + 2);
  }
  if (file === undefined) return;
  // GenieACS builds the address from its own file server.
  const url = `http://files.invalid/${fileName}`;
  const version = file.metadata["version"] ?? versionIn(fileName);
  acs.perform(device.entry, { kind: "download", url, version, fault: null });
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

/**
 * At the start of a session: what was downloaded is told, and what failed before may be tried again. One that was cut off by
 * a loss of power is never heard of again, and stays pending.
 */
export function endOperations(device: KnownDevice, tools: SessionTools, sessionMs: number): void {
  const { flashes } = device.entry.state.cpe;
  const isOver = (each: Operation): boolean => each.flashes === null || each.flashes < flashes;
  for (const operation of device.operations.filter(isOver))
    end(device, operation, tools, sessionMs);
  device.operations = device.operations.filter((each) => !isOver(each));
  for (const [channel, fault] of device.faults) {
    const [first] = fault.provisions;
    if (first?.[0] !== "download" || sessionMs < retryAt(fault)) continue;
    device.faults.delete(channel);
    const wanted = { fileType: String(first[1]), fileName: String(first[2]) };
    download(device, wanted, tools, channel, sessionMs, fault.retries + 1);
  }
}

function end(
  device: KnownDevice,
  { channel, atMs, provision, fileType, fileName, retries, flashes }: Operation,
  { trouble }: SessionTools,
  sessionMs: number,
): void {
  if (flashes === null) {
    const code = trouble.fileServer === "fails-9010" ? "9010" : "9016";
    const message = trouble.fileServer === "answers" ? "HTTP 404" : "Download failure";
    const detail = { faultCode: code, faultString: message, setParameterValuesFault: null };
    const fault = { code: `cwmp.${code}`, message, detail, channel, retries, expiryMs: null };
    device.faults.set(channel, { ...fault, atMs: sessionMs, provisions: [provision] });
    return;
  }
  const told = { LastFileType: fileType, LastFileName: fileName, LastTargetFileName: "" };
  const times = { LastDownload: atMs, StartTime: atMs, CompleteTime: sessionMs };
  note(device, instanceOf(device, fileName), { ...told, ...times }, false, sessionMs + 1);
}
