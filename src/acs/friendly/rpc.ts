/**
 * Rows by `FTRPCInvoke`, where the site has no operation of its own for them: a CWMP call as text, and the CPE's own answer
 * as text (acs-northbound-apis.md 2.2, 10.1, 10.3). Pure.
 *
 * The answer names no device, so it is `accepted` at best, whatever its Status says (0: applied, 1: to be applied); the
 * number of an added row is looked at and not used, as the table is read again anyway.
 */
import { escapeXml, parseXml, type XmlElement } from "../../lib/xml.ts";
import type { Change } from "../../model/parameter.ts";
import type { NotSent, WriteOutcome } from "../../ports/acs.ts";
import { fault, resultOf, textOf, type Fault } from "./answer.ts";
import { isCarriable } from "../values.ts";

export type RowChange = Extract<Change, { readonly kind: "add" | "delete" }>;

export const INVOKE = "FTRPCInvoke";

const CWMP = "urn:dslforum-org:cwmp-1-0";

function nameOf(change: RowChange): { readonly rpc: string; readonly path: string } {
  return change.kind === "add"
    ? { rpc: "AddObject", path: change.table }
    : { rpc: "DeleteObject", path: change.row };
}

export interface Rpc {
  /** What one client puts there is the name of the object (the comment of our WSDL). */
  readonly rpcname: string;
  readonly soapcontent: string;
}

/** @returns why it cannot be sent, as a text */
export function rpcFor(change: RowChange): Rpc | string {
  const { rpc, path } = nameOf(change);
  if (!isCarriable(path)) return "not sent: the path holds a character that XML cannot carry";
  const soapcontent =
    `<cwmp:${rpc} xmlns:cwmp="${CWMP}"><ObjectName>${escapeXml(path)}</ObjectName>` +
    `<ParameterKey></ParameterKey></cwmp:${rpc}>`;
  return { rpcname: path, soapcontent };
}

export function decodeInvoked(reply: unknown, change: RowChange): Exclude<WriteOutcome, NotSent> {
  const result = resultOf(reply, INVOKE);
  if (result.kind === "fault") return unknown(result);
  if (!result.good) return { kind: "rejected", code: result.code, text: result.text };
  const said = textOf(result.members[result.dialect === "typed" ? "Response" : "response"]);
  if (said === undefined) return unknown(fault("wrong_type", "Response is not a text"));
  if (said === null || said.trim() === "") return unknown(fault("empty", "an empty Response"));
  const root = rootOf(said);
  return root === undefined
    ? unknown(fault("garbled", "Response cannot be read as XML"))
    : outcomeOf(root, change);
}

/** Cut out of its envelope it has lost the declarations of its prefixes. */
function rootOf(text: string): XmlElement | undefined {
  const prefixes = [...text.matchAll(/<([A-Za-z_][\w.-]*):/g)].map(([, prefix = ""]) => prefix);
  try {
    return parseXml(text, prefixes);
  } catch {
    return undefined;
  }
}

function outcomeOf(root: XmlElement, change: RowChange): Exclude<WriteOutcome, NotSent> {
  if (root.name === "Fault") return rejectionOf(root);
  const { rpc } = nameOf(change);
  const isCwmp = root.namespace === "" || root.namespace.startsWith("urn:dslforum-org:cwmp-");
  if (root.name !== `${rpc}Response` || !isCwmp) {
    return unknown(fault("wrong_type", `expected ${rpc}Response, found ${root.name.slice(0, 80)}`));
  }
  const status = numberIn(root, "Status");
  if (status !== 0 && status !== 1) {
    return unknown(fault("incomplete", "Status is missing or neither 0 nor 1"));
  }
  if (change.kind === "add" && (numberIn(root, "InstanceNumber") ?? 0) < 1) {
    return unknown(fault("incomplete", "InstanceNumber is missing or not a number"));
  }
  return { kind: "accepted", id: null };
}

/** CWMP's own Fault, alone or inside the detail of SOAP's. */
function rejectionOf(root: XmlElement): Exclude<WriteOutcome, NotSent> {
  const found =
    child(root, "FaultCode") === undefined ? child(child(root, "detail"), "Fault") : root;
  const code = found === undefined ? undefined : numberIn(found, "FaultCode");
  if (code === undefined) return unknown(fault("incomplete", "a fault without its FaultCode"));
  return { kind: "rejected", code, text: child(found, "FaultString")?.text ?? "" };
}

function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent?.children.find((each) => each.name === name);
}

function numberIn(parent: XmlElement, name: string): number | undefined {
  const text = child(parent, name)?.text.trim() ?? "";
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function unknown(found: Fault): Exclude<WriteOutcome, NotSent> {
  return { kind: "unknown", fault: found.fault, sent: true, detail: found.detail };
}
