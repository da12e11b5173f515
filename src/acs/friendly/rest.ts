/**
 * The one question that only the REST twin answers well: what became of a transaction (acs-northbound-apis.md 2.5). JSON in
 * and out; login as at the SOAP service where that is Basic, else none, as the one client sends none.
 *
 * The three counters are the finished test: any that failed is the end, pending ones are not, and done is what is neither.
 * That is inferred, and it is the ACS's word alone: only a read proves a write.
 */
import type {
  AcsDevice,
  CallContext,
  NotSent,
  TaskStatusResult,
  Transport,
  Unknown,
} from "../../ports/acs.ts";
import { basicHeaders, type Login } from "../login.ts";
import { unanswered } from "../unanswered.ts";
import { isMembers, SUCCESS } from "./answer.ts";
import type { Labels } from "./arguments.ts";

/** The name of the call at the gate; it changes nothing. */
export const TRANSACTION = "Transaction";

interface Asking {
  /** `https://HOST/FTACSWS_REST/api` */
  readonly address: string;
  readonly auth: Login;
  readonly transport: Transport;
}

export async function askTransaction(
  { address, auth, transport }: Asking,
  id: string,
  device: AcsDevice,
  labels: Labels,
  context: CallContext,
): Promise<TaskStatusResult> {
  // Ids are ints in the SOAP service.
  if (!/^\d{1,10}$/.test(id)) {
    return { kind: "refused", code: 0, text: "not sent: that is no id of a transaction" };
  }
  const headers = {
    Accept: "application/json",
    "Content-Type": "application/json; charset=utf-8",
    ...basicHeaders(auth),
  };
  const { changeId, appId } = labels;
  const result = await transport({
    operation: TRANSACTION,
    method: "POST",
    url: `${address.replace(/\/+$/, "")}/Transaction`,
    headers,
    body: JSON.stringify({
      TransactionId: Number(id),
      Creator: `plumbline:${changeId}`,
      AppId: appId,
    }),
    context,
    deviceId: device.id,
    // It names neither transaction nor device.
    alone: true,
  });
  if (result.kind !== "answer") return unanswered(result);
  return decodeTransaction(result.status, result.body);
}

function unknown(fault: Unknown["fault"], detail: string): Unknown {
  return { kind: "unknown", fault, sent: true, detail };
}

export function decodeTransaction(
  status: number,
  body: string,
): Exclude<TaskStatusResult, NotSent> {
  if (body.trim() === "") return unknown("empty", `HTTP ${status} without a body`);
  const said = jsonOf(body);
  if (status !== 200 || said === undefined) return unknown("garbled", `HTTP ${status}: no answer`);
  if (!isMembers(said)) return unknown("wrong_type", "the answer has no members");
  const code = said["ErrorCode"];
  if (code !== undefined && code !== SUCCESS) {
    if (typeof code !== "number") return unknown("wrong_type", "ErrorCode is not a number");
    const text = said["Message"];
    return { kind: "refused", code, text: typeof text === "string" ? text : "" };
  }
  const [completed, pending, failed] = ["CompletedCount", "PendingCount", "FailedCount"].map(
    (name) => said[name],
  );
  if (!isCount(completed) || !isCount(pending) || !isCount(failed)) {
    return unknown("incomplete", "a counter is missing or none");
  }
  if (failed > 0) return { kind: "failed" };
  if (pending > 0) return { kind: "pending" };
  return completed > 0 ? { kind: "done" } : unknown("incomplete", "a transaction of nothing");
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
