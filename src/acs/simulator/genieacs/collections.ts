/** Lists of everything that the NBI keeps, and what is put there and taken away by name (genieacs-nbi.md 2). */
import { Script } from "node:vm";
import type { HttpQuestion, HttpReply } from "../face.ts";
import { memberAt, metaOf, wholeDocument } from "./document.ts";
import type { KnownDevice } from "./known-device.ts";
import { KEPT, type Kept, type Nbi } from "./nbi.ts";
import { isPlain, matches, project, sorted, type Json } from "./query.ts";
import { badRequest, listed, NOT_FOUND, plain } from "./replies.ts";
import type { KeptFault } from "./tasks.ts";

type Plain = Record<string, Json>;

const iso = (ms: number): string => new Date(ms).toISOString();

function isKept(name: string): name is Kept {
  return KEPT.some((each) => each === name);
}

/** By value, so that documents can be looked at as JSON whatever they are made of. */
function asJson(value: unknown): Plain {
  return JSON.parse(JSON.stringify(value)) as Plain;
}

function faultDocument(device: KnownDevice, fault: KeptFault): Plain {
  const { channel, code, message, detail, retries, expiryMs, atMs, provisions } = fault;
  return asJson({
    _id: `${device.id}:${channel}`,
    device: device.id,
    channel,
    timestamp: iso(atMs),
    code,
    message,
    ...(detail === undefined ? {} : { detail }),
    retries,
    ...(expiryMs === null ? {} : { expiry: iso(expiryMs) }),
    provisions: JSON.stringify(provisions),
  });
}

function operationDocuments(device: KnownDevice): Plain[] {
  return device.operations.map(({ id, channel, atMs, provision, fileType, fileName }) => ({
    _id: id,
    name: "Download",
    timestamp: iso(atMs),
    channels: JSON.stringify({ [channel]: 1 }),
    provisions: JSON.stringify([provision]),
    retries: "{}",
    args: JSON.stringify({ instance: "1", fileType, fileName, targetFileName: "" }),
  }));
}

/** Undefined: there is no such collection. */
function documentsOf(nbi: Nbi, name: string): Plain[] | undefined {
  if (isKept(name)) return [...nbi.kept[name]].map(([_id, document]) => ({ ...document, _id }));
  switch (name) {
    case "tasks":
      return nbi.all().flatMap(({ tasks }) => tasks.map(({ shown }) => asJson(shown)));
    case "faults":
      return nbi
        .all()
        .flatMap((device) =>
          [...device.faults.values()].map((each) => faultDocument(device, each)),
        );
    case "operations":
      return nbi.all().flatMap(operationDocuments);
    case "files":
      return [...nbi.files.values()].map(({ name: _id, length, uploadedMs, metadata }) => {
        const uploadDate = iso(uploadedMs);
        return { _id, length, chunkSize: 261_120, uploadDate, filename: _id, metadata };
      });
    default:
      return undefined;
  }
}

/** A parameter without a member means its value (2, Query). */
function lookAt(document: Plain, path: string): Json | undefined {
  let node: Json | undefined = document;
  for (const segment of path.split(".")) node = isPlain(node) ? node[segment] : undefined;
  return node;
}

function lookAtDevice(device: KnownDevice, path: string): Json | undefined {
  if (path.startsWith("_")) return lookAt(metaOf(device), path);
  const dot = path.lastIndexOf(".");
  return path[dot + 1] === "_"
    ? memberAt(device, path.slice(0, dot))?.[path.slice(dot + 1)]
    : memberAt(device, path)?.["_value"];
}

/** Which part of a list was asked for. @throws SyntaxError for a query or a sort that is not JSON */
class Selection {
  readonly filter: Plain;
  readonly projection: readonly string[] | null;
  readonly sort: Plain;
  readonly #skip: number;
  readonly #limit: number;

  constructor(query: URLSearchParams) {
    const read = (name: string): Plain => {
      const parsed: unknown = JSON.parse(query.get(name) ?? "{}");
      return isPlain(parsed) ? parsed : {};
    };
    this.filter = read("query");
    this.sort = read("sort");
    this.projection = query.get("projection")?.split(",") ?? null;
    this.#skip = Number.parseInt(query.get("skip") ?? "0", 10) || 0;
    this.#limit = Number.parseInt(query.get("limit") ?? "0", 10) || Infinity;
  }

  page<T>(found: readonly T[]): readonly T[] {
    return found.slice(this.#skip, this.#skip + this.#limit);
  }
}

/** Devices that are named need no look at all the others. */
function idsOf(filter: Plain): readonly string[] | undefined {
  const either = Array.isArray(filter["$or"]) ? filter["$or"] : [filter];
  const ids = either.map((part) => (isPlain(part) ? part["_id"] : undefined));
  return ids.every((id) => typeof id === "string") ? ids : undefined;
}

/** @throws BadQuery, which ends the worker */
export function list(nbi: Nbi, name: string, query: URLSearchParams): HttpReply {
  let selection: Selection;
  try {
    selection = new Selection(query);
  } catch (error) {
    return badRequest(error);
  }
  const { filter, projection, sort } = selection;
  if (name === "devices") {
    const ids = idsOf(filter);
    const some = ids === undefined ? nbi.all() : ids.map((id) => nbi.find(id));
    const found = some.filter((device) => device !== undefined);
    const fitting = found.filter((device) => matches(filter, (path) => lookAtDevice(device, path)));
    const page = selection.page(sorted(fitting, sort, lookAtDevice));
    const metaOnly = projection?.every((path) => path.startsWith("_")) === true;
    const shown = page.map((device) =>
      project(metaOnly ? metaOf(device) : wholeDocument(device), projection),
    );
    return listed(shown, fitting.length);
  }
  const documents = documentsOf(nbi, name);
  if (documents === undefined) return NOT_FOUND;
  const fitting = documents.filter((document) => matches(filter, (path) => lookAt(document, path)));
  const page = selection.page(sorted(fitting, sort, lookAt));
  return listed(
    page.map((document) => project(document, projection)),
    fitting.length,
  );
}

/** A script is compiled and kept; a preset is taken as it comes, and one that is no object ends the worker. */
export function put(
  nbi: Nbi,
  name: string,
  key: string,
  question: HttpQuestion,
  nowMs: number,
): HttpReply | "crash" {
  const { body, headers } = question;
  if (name === "files") {
    const metadata: Record<string, string> = {};
    for (const member of ["fileType", "oui", "productClass", "version"]) {
      const value = headers[member.toLowerCase()];
      if (value !== undefined) metadata[member] = value;
    }
    const length = Buffer.byteLength(body);
    nbi.files.set(key, { name: key, length, uploadedMs: nowMs, metadata });
    return plain(201);
  }
  if (!isKept(name)) return NOT_FOUND;
  try {
    if (name === "provisions" || name === "virtual_parameters") {
      new Script(`"use strict";(function(){\n${body}\n})();`);
      nbi.kept[name].set(key, { script: body });
      return plain(200);
    }
    const parsed: unknown = JSON.parse(body);
    if (!isPlain(parsed)) return "crash";
    nbi.kept[name].set(key, parsed);
    return plain(200);
  } catch (error) {
    return badRequest(error);
  }
}

export function drop(nbi: Nbi, name: string, key: string): HttpReply | "crash" {
  if (name === "files") return nbi.files.delete(key) ? plain(200) : "crash";
  if (!isKept(name)) return NOT_FOUND;
  nbi.kept[name].delete(key);
  return plain(200);
}
