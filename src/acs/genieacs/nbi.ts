/** One call of the NBI: address, login and body in, the answer's text out. Everything else is decided elsewhere. */
import type { DeviceId } from "../../model/device.ts";
import type { CallContext, NotSent, Transport, Unknown } from "../../ports/acs.ts";
import { basicHeaders, type Login } from "../login.ts";
import { unanswered } from "../unanswered.ts";
import type { Answer } from "./answer.ts";
import type { Task } from "./tasks.ts";

/** Calls that change nothing on a CPE. A task of ours that did not run is taken back in every mode. */
export type ReadCall = "Query" | "Refresh" | "ConnectionRequest" | "TakeBack";
export type Call =
  ReadCall | "Set" | "AddObject" | "DeleteObject" | "Reboot" | "Download" | "FactoryReset";

export const GENIEACS_READS: ReadonlySet<string> = new Set<ReadCall>([
  "Query",
  "Refresh",
  "ConnectionRequest",
  "TakeBack",
]);

/** Those of which the CPE hears nothing: looks into the ACS's own memory and queue, and taking tasks out of that. */
export const GENIEACS_UNHEARD: ReadonlySet<string> = new Set<ReadCall>(["Query", "TakeBack"]);

/** Their answers name no device, and nothing later would show that they belong to another call. */
const NAMELESS: ReadonlySet<Call> = new Set<Call>(["ConnectionRequest", "TakeBack"]);

export interface NbiQuestion {
  readonly call: Call;
  readonly method: "GET" | "POST" | "DELETE";
  /** Behind the address of the NBI. */
  readonly path: string;
  readonly task?: Task;
}

export type Ask = (
  question: NbiQuestion,
  device: DeviceId,
  context: CallContext,
) => Promise<Answer | Unknown | NotSent>;

/** @param address of the NBI, or of the proxy before it; the NBI itself knows no login (0.12) */
export function openNbi(address: string, login: Login, transport: Transport): Ask {
  const base = address.replace(/\/+$/, "");
  return async ({ call, method, path, task }, deviceId, context) => {
    const headers = {
      Accept: "application/json",
      ...(task === undefined ? {} : { "Content-Type": "application/json" }),
      ...basicHeaders(login),
    };
    const result = await transport({
      operation: call,
      method,
      url: base + path,
      headers,
      body: task === undefined ? "" : JSON.stringify(task),
      context,
      deviceId,
      alone: NAMELESS.has(call),
    });
    if (result.kind !== "answer") return unanswered(result);
    const { status, phrase, body, sentAt, date } = result;
    return { kind: "answer", status, phrase, body, sentAt, ...(date && { date }) };
  };
}
