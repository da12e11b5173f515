/**
 * Answers of a GenieACS 1.2.16, written by hand in the shapes of the recorded samples (genieacs-nbi-samples): tasks as
 * `task-200-set.json`, documents as `device-after-set.json`, faults as `faults-9003-set.json`.
 */
import { ASKED, FIRMWARE, type Script } from "./acs.contract.ts";
import type { Wire } from "./scripted-server.ts";

export const ID = "7CB21B-CPE1000-7CB21B0A42";
export const TASK = "6b036c7f744b9d4bbb2b9ae2";
/** When the task was taken, on the ACS's clock, and when its session read the CPE. */
export const TAKEN_AT = "2026-11-22T22:28:15.592Z";
export const AFTER = "2026-11-22T22:28:15.613Z";
export const BEFORE = "2026-11-22T22:28:15.591Z";

const JSON_TYPE = "application/json";

export interface LeafOptions {
  readonly at?: string;
  readonly type?: string;
  readonly writable?: boolean;
}

export function leaf(value: unknown, options: LeafOptions = {}): Record<string, unknown> {
  return {
    _object: false,
    _writable: options.writable ?? true,
    _value: value,
    _type: options.type ?? "xsd:string",
    _timestamp: options.at ?? AFTER,
  };
}

/** Nested as GenieACS writes it; a key that ends in a dot is an object with members of its own. */
export function documentOf(
  members: Readonly<Record<string, unknown>>,
  id = ID,
): Record<string, unknown> {
  const document: Record<string, unknown> = { _id: id };
  for (const [path, member] of Object.entries(members)) {
    const segments = path.replace(/\.$/, "").split(".");
    let node = document;
    for (const segment of segments.slice(0, -1)) {
      node[segment] ??= { _object: true };
      node = node[segment] as Record<string, unknown>;
    }
    const last = segments.at(-1) ?? "";
    node[last] = { ...(node[last] as object | undefined), ...(member as object) };
  }
  return document;
}

export function list(...documents: readonly unknown[]): Wire {
  const body = `[\n${documents.map((each) => JSON.stringify(each)).join(",\n")}\n]`;
  return { status: 200, phrase: "OK", contentType: JSON_TYPE, body };
}

export function task(members: Readonly<Record<string, unknown>> = {}): Wire {
  const body = JSON.stringify({
    name: "provisions",
    provisions: [["refresh", ASKED.username]],
    uniqueKey: "plumbline",
    device: ID,
    timestamp: TAKEN_AT,
    _id: TASK,
    ...members,
  });
  return { status: 200, phrase: "OK", contentType: JSON_TYPE, body };
}

/** The same with 202 and its reason phrase. */
export function queued(phrase: string, members: Readonly<Record<string, unknown>> = {}): Wire {
  return { ...task(members), status: 202, phrase };
}

export function plain(status: number, phrase: string, body = ""): Wire {
  return { status, phrase, contentType: "", body };
}

export const GONE = plain(200, "OK");
export const NO_TASK = plain(404, "Not Found", "Task not found");
export const NO_DEVICE = plain(404, "Not Found", "No such device");
export const IN_SESSION = plain(503, "Service Unavailable", "Device is in session");
export const NOTHING = list();

export function fault(code: string, message: string, inner: unknown = null): Wire {
  return list({
    _id: `${ID}:task_${TASK}`,
    code,
    message,
    detail: { faultCode: "9003", faultString: message, setParameterValuesFault: inner },
  });
}

const SERIAL = { [ASKED.identity]: leaf(ASKED.serial, { writable: false }) };
const ANNA = { [ASKED.username]: leaf("anna@isp.example") };
const EMPTY = { [ASKED.password]: leaf("") };

/** A read: the task ran, and then the document holds these. */
export function reads(members: Readonly<Record<string, unknown>>, id = ID): Script {
  return [task(), list(documentOf({ ...SERIAL, ...members }, id))];
}

export const VALUES = { ...ANNA, ...EMPTY };
/** What GenieACS knows of the user name before it is written. */
export const KNOWN = list(
  documentOf({ [ASKED.username]: leaf("old@isp.example", { at: BEFORE }) }),
);
/** As `files-list.json`. */
export const FILE = list({
  _id: FIRMWARE.fileName,
  length: FIRMWARE.sizeBytes,
  filename: FIRMWARE.fileName,
  metadata: { fileType: FIRMWARE.fileType, oui: "001CAA", version: "2.0.1" },
});
export const WRITTEN = list(documentOf(ANNA));
