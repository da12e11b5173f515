/**
 * FriendlyTech answers -> port results, one decoder for each operation; `arguments.ts` is the other direction. Pure: a
 * recorded reply tests it. None of them throws: an answer that does not belong to the question is `unknown`.
 *
 * An answer that names no device proves little: `away` (Params missing) and a status may defer work, a refusal may end
 * it, a write is accepted at best, and only a read with the device's own serial number becomes observed state.
 */
import { NO_FACTS, type DeviceFacts } from "../../model/device.ts";
import type {
  AcsDevice,
  IdentifyResult,
  NotSent,
  ReadResult,
  Refused,
  StatusResult,
  Unknown,
  WriteOutcome,
} from "../../ports/acs.ts";
import {
  fault,
  resultOf,
  textInteger,
  textOf,
  truthOf,
  typedInteger,
  type Fault,
  type Result,
} from "./answer.ts";
import { complaintsOf, disproof, entriesOf, snapshotOf, type Question } from "./readings.ts";

function refusal(result: Result): Refused {
  return { kind: "refused", code: result.code, text: result.text };
}

function unknown(found: Fault): Unknown {
  return { kind: "unknown", fault: found.fault, sent: true, detail: found.detail };
}

export function decodeStatus(reply: unknown): Exclude<StatusResult, NotSent> {
  const result = resultOf(reply, "FTCPEStatus");
  if (result.kind === "fault") return unknown(result);
  if (!result.good) return refusal(result);
  const online = truthOf(memberOf(result, "Online"), result.dialect);
  if (online === undefined)
    return unknown(fault("incomplete", "Online is missing or not a boolean"));
  return { kind: online ? "online" : "offline" };
}

/** The older dialect spells its members in lower case (2.4); ours here are spelt as in the typed one. */
function memberOf(result: Result, name: string): unknown {
  return result.members[result.dialect === "typed" ? name : name.toLowerCase()];
}

export function decodeIdentify(
  reply: unknown,
  device: AcsDevice,
): Exclude<IdentifyResult, NotSent> {
  const result = resultOf(reply, "FTGetDeviceInfo");
  if (result.kind === "fault") return unknown(result);
  if (!result.good) return refusal(result);
  const said = (name: string): string | null => textOf(memberOf(result, name))?.trim() || null;
  const serial = said("Serial");
  if (serial === null) return unknown(fault("incomplete", "Serial is missing"));
  if (serial !== device.identity.serial.trim()) {
    return unknown(fault("wrong_device", "Serial names another device"));
  }
  // `ProductClassId` is the key of a row in the ACS, not the CPE's product class; it is left alone.
  const facts: DeviceFacts = {
    ...NO_FACTS,
    root: rootOf(said("RootObject")),
    manufacturer: said("ManufacturerName"),
    oui: said("OUI"),
    modelName: said("ModelName"),
    softwareVersion: said("FirmwareVersion"),
  };
  return { kind: "facts", facts };
}

function rootOf(text: string | null): DeviceFacts["root"] {
  const name = text?.endsWith(".") === true ? text.slice(0, -1) : text;
  return name === "InternetGatewayDevice" || name === "Device" ? name : null;
}

/**
 * A write's answer names no device, so it is accepted at best. The typed dialect always names a transaction; in the
 * older one an Id was never seen, so there its absence is no fault.
 */
export function decodeWrite(reply: unknown, operation: string): Exclude<WriteOutcome, NotSent> {
  const result = resultOf(reply, operation);
  if (result.kind === "fault") return unknown(result);
  if (!result.good) return { kind: "rejected", code: result.code, text: result.text };
  const said = memberOf(result, "Id");
  const id = result.dialect === "typed" ? typedInteger(said) : textInteger(said);
  if (id !== undefined) return { kind: "accepted", id: String(id) };
  if (result.dialect === "older" && textOf(said) === null) return { kind: "accepted", id: null };
  return unknown(fault("incomplete", "the transaction Id is missing or not a number"));
}

export function decodeRead(reply: unknown, question: Question): Exclude<ReadResult, NotSent> {
  const result = resultOf(reply, "FTGetDeviceParameters");
  if (result.kind === "fault") return unknown(result);
  if (!result.good) return { ...refusal(result), text: result.text || complaintsOf(result) };
  const entries = entriesOf(result);
  if (entries.kind === "fault") return unknown(entries);
  if (entries.readings.size === 0) {
    return { kind: "away", detail: result.text || "the answer holds no parameters" };
  }
  const found = disproof(entries.readings, question);
  if (found !== undefined) return unknown(found);
  return { kind: "values", snapshot: snapshotOf(entries, question), readAt: question.sentAt };
}
