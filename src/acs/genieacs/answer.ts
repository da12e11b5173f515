/**
 * From the text of an answer to what it says of a task, or to the reason why it is not believed. Pure.
 *
 * The same status 202 has several meanings, told apart by the reason phrase alone (genieacs-nbi.md 0.6). A proxy may drop
 * or replace the phrase, so what is not `Task faulted` may be a fault as well: the list of faults has the last word.
 */
import type { AnswerFault, NotSent, Refused, StatusResult, Unknown } from "../../ports/acs.ts";
import { isTaskId } from "./address.ts";

export type Members = Readonly<Record<string, unknown>>;

/** What came back, without the address: `phrase` is the reason phrase. */
export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  readonly phrase: string;
  readonly body: string;
  readonly sentAt: Date;
  /** The NBI's clock, where it, or a proxy before it, said so. */
  readonly date?: Date;
}

/** The NBI took the task. */
export interface Taken {
  readonly kind: "taken";
  readonly taskId: string;
  /** When, on its clock, ms: a value that is older was not read by this task. */
  readonly at: number;
  /**
   * `ended`: a session came and left no fault; that it ran the task is likely, and not certain (3). `waiting`: nobody ran
   * it yet, so it runs at some later Inform unless it is taken back (0.7).
   */
  readonly state: "ended" | "faulted" | "waiting";
  readonly phrase: string;
}

export interface Listed {
  readonly kind: "list";
  readonly documents: readonly Members[];
}

export function unknown(fault: AnswerFault, detail: string): Unknown {
  return { kind: "unknown", fault, sent: true, detail };
}

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** ms of an ISO time, or undefined. */
export function timeOf(value: unknown): number | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function jsonOf({ status, body }: Answer): { readonly json: unknown } | Unknown {
  if (body.trim() === "") return unknown("empty", `HTTP ${status} without a body`);
  try {
    return { json: JSON.parse(body) as unknown };
  } catch {
    return unknown("garbled", `HTTP ${status}: not JSON`);
  }
}

/** The one text with which the NBI says that it does not know the device; any other 404 is somebody else's. */
export const NO_DEVICE = "No such device";

export function notThere(): Refused {
  return { kind: "refused", code: 404, text: NO_DEVICE };
}

const FAULTED = "Task faulted";

export function decodeTaken(
  answer: Answer,
  deviceId: string,
  name: string,
): Taken | Refused | Unknown {
  const { status, phrase, body } = answer;
  if (status === 404 && body.trim() === NO_DEVICE) return notThere();
  const parsed = jsonOf(answer);
  if (!("json" in parsed)) return parsed;
  if (status !== 200 && status !== 202) return unknown("garbled", `HTTP ${status} for a task`);
  const task = parsed.json;
  if (!isMembers(task) || task["name"] !== name) {
    return unknown("wrong_type", "not the task that was posted");
  }
  if (task["device"] !== deviceId) {
    return unknown("wrong_device", "the task of another device");
  }
  const taskId = task["_id"];
  const at = timeOf(task["timestamp"]);
  if (!isTaskId(taskId) || at === undefined) {
    return unknown("incomplete", "a task without its id or its time");
  }
  const state = status === 200 ? "ended" : phrase === FAULTED ? "faulted" : "waiting";
  return { kind: "taken", taskId, at, phrase, state };
}

export function decodeList(answer: Answer): Listed | Unknown {
  const parsed = jsonOf(answer);
  if (!("json" in parsed)) return parsed;
  if (answer.status !== 200) return unknown("garbled", `HTTP ${answer.status} for a list`);
  const { json } = parsed;
  if (!Array.isArray(json) || !json.every(isMembers)) {
    return unknown("wrong_type", "not a list of documents");
  }
  return { kind: "list", documents: json };
}

/** A connection request without a task: its answers hold no more than the reason why the CPE was not reached. */
export function decodeConnection(answer: Answer): Exclude<StatusResult, NotSent> {
  const { status, phrase, body } = answer;
  const text = body.trim();
  if (status === 404 && text === NO_DEVICE) return notThere();
  if (status === 200 && text === "") return { kind: "online" };
  if (status === 504 && isNotReached(text, phrase)) return { kind: "offline", unreached: true };
  return unknown("garbled", `HTTP ${status} for a connection request`);
}

/** The NBI's words for a connection request that did not get through (0.6). */
export function isUnreached(words: string): boolean {
  return /^(Device is offline$|Connection request error)/.test(words);
}

/** The NBI says why as reason phrase and as body. A proxy that waited too long answers 504 too, in words of its own. */
function isNotReached(text: string, phrase: string): boolean {
  if (isUnreached(text)) return true;
  return text !== "" && text === phrase && phrase !== "Gateway Timeout";
}

/** The document of one device; `[]` is how the NBI says that it does not know it (2). */
export function decodeDevice(
  answer: Answer,
  deviceId: string,
): { readonly kind: "device"; readonly document: Members } | Refused | Unknown {
  const list = decodeList(answer);
  if (list.kind !== "list") return list;
  const [document, ...others] = list.documents;
  if (document === undefined) return notThere();
  if (others.length > 0) return unknown("wrong_type", "several documents for one id");
  if (document["_id"] === undefined) return unknown("incomplete", "a document without its id");
  if (document["_id"] !== deviceId) return unknown("wrong_device", "another device's document");
  return { kind: "device", document };
}
