/**
 * CPEs that no connection request reaches: what is asked of one waits in the ACS for its next Inform, and at most one task
 * of ours waits for a device, as all bear one key (genieacs-nbi.md 1). Nothing is believed but what the CPE said after it
 * was asked: a read names its task in a ticket, and a later call takes the answer when that task is gone from the queue
 * and every parameter is younger than it.
 *
 * What may happen in between: the process dies before it kept the ticket. Then the task is waited for as if it were a
 * change, and the read is asked again behind it. A change is never replaced by a read.
 */
import { hashText } from "../../lib/hash.ts";
import { printDeviceId, type DeviceId } from "../../model/device.ts";
import type { ParameterPath } from "../../model/parameter.ts";
import type {
  AcsDevice,
  CallContext,
  NotSent,
  ReadResult,
  Refused,
  Unknown,
  Waiting,
  WithdrawResult,
  WriteOutcome,
} from "../../ports/acs.ts";
import { faultId, isTaskId, projectionOf } from "./address.ts";
import { unknown } from "./answer.ts";
import { decodeFault } from "./faults.ts";
import type { Call } from "./nbi.ts";
import { decodeRead } from "./readings.ts";
import { OUR_KEY, refreshTask, type Task } from "./tasks.ts";
import { look, type Tools } from "./tools.ts";
import { decodeNextInform, STATUS_PROJECTION } from "./translate.ts";

interface Ticket {
  /** The task that reads. */
  readonly taskId: string;
  /** Its time on the ACS's clock, ms. */
  readonly at: number;
  /** Stands for the names that it reads: others were not asked for. */
  readonly names: string;
}

function printTicket({ taskId, at, names }: Ticket): string {
  return `${taskId} ${at} ${names}`;
}

function parseTicket(text: string | null): Ticket | undefined {
  const [taskId, at, names] = text?.split(" ") ?? [];
  if (!isTaskId(taskId) || !/^\d{1,15}$/.test(at ?? "") || names === undefined) return undefined;
  return { taskId, at: Number(at), names };
}

function standFor(asked: readonly ParameterPath[]): string {
  return hashText([...asked].sort().join(" ")).slice(0, 16);
}

export async function readPulled(
  tools: Tools,
  device: AcsDevice,
  asked: readonly ParameterPath[],
  identityPath: ParameterPath,
  given: string | null,
  context: CallContext,
): Promise<ReadResult> {
  const id = printDeviceId(device.identity);
  const ticket = parseTicket(given);
  const held = await ours(tools, id, context);
  if (held.kind === "unknown") return held;
  if (held.kind === "waits")
    return await waiting(tools, id, ticket, "what was asked of it waits", context);
  const names = standFor(asked);
  if (held.kind === "none" && ticket?.names === names) {
    const answered = await answerTo(ticket, tools, device, asked, identityPath, context);
    if (answered !== undefined) return answered;
  }
  const posted = await tools.sessions.post("Refresh", refreshTask(asked), id, context);
  if (posted.kind !== "posted") return posted;
  const why =
    held.kind === "refused" ? `it refused ${held.said}; a new read waits` : "a read waits";
  return await waiting(tools, id, { ...posted, names }, why, context);
}

export async function writePulled(
  { sessions }: Tools,
  id: DeviceId,
  call: Call,
  task: Task,
  context: CallContext,
): Promise<WriteOutcome> {
  const posted = await sessions.post(call, task, id, context);
  switch (posted.kind) {
    case "posted":
      return { kind: "accepted", id: posted.taskId };
    case "refused":
      return { kind: "rejected", code: posted.code, text: posted.text };
    case "unknown":
    case "not_sent":
      return posted;
  }
}

export async function withdrawPulled(
  { queue }: Tools,
  device: AcsDevice,
  context: CallContext,
): Promise<WithdrawResult> {
  const id = printDeviceId(device.identity);
  const tasks = await queue.tasks(id, context);
  if (tasks === undefined) return CANNOT_READ;
  const mine = tasks.filter(({ key }) => key === OUR_KEY);
  for (const task of mine) {
    const left = await queue.clean(task.id, id, context);
    if (left !== undefined) return unknown("acs_fault", left);
  }
  return { kind: mine.length > 0 ? "withdrawn" : "nothing" };
}

const CANNOT_READ = unknown("acs_fault", "what waits for it in the ACS cannot be read");

type Ours =
  | { readonly kind: "none" | "waits" }
  /** The CPE refused it; it was taken away, or it would be tried for ever (0.9). */
  | { readonly kind: "refused"; readonly said: string }
  | Unknown;

async function ours({ queue }: Tools, id: DeviceId, context: CallContext): Promise<Ours> {
  const tasks = await queue.tasks(id, context);
  if (tasks === undefined) return CANNOT_READ;
  const task = tasks.find(({ key }) => key === OUR_KEY);
  if (task === undefined) return { kind: "none" };
  const faults = await queue.faults(id, context);
  if (faults === undefined) return CANNOT_READ;
  const fault = decodeFault(faults, faultId(id, task.id));
  if (fault === undefined) return { kind: "waits" };
  const left = await queue.clean(task.id, id, context);
  if (left !== undefined) return unknown("acs_fault", left);
  const said = fault.kind === "rejected" ? `${fault.code} ${fault.text}` : fault.detail;
  return { kind: "refused", said };
}

/** Undefined: the answer is not there, or not whole; it has to be asked again. */
async function answerTo(
  { at }: Ticket,
  { ask }: Tools,
  device: AcsDevice,
  asked: readonly ParameterPath[],
  identityPath: ParameterPath,
  context: CallContext,
): Promise<ReadResult | undefined> {
  const projection = projectionOf(asked);
  const looked = await look(ask, printDeviceId(device.identity), projection, context);
  if (looked.kind !== "device") return looked;
  const { serial } = device.identity;
  const question = { asked, projection, identityPath, serial, since: at, sentAt: looked.sentAt };
  const { result, stale, answeredAt } = decodeRead(looked.document, question);
  if (stale || (result.kind === "unknown" && result.fault === "incomplete")) return undefined;
  return result.kind === "values" ? { ...result, afterMs: answeredAt - at } : result;
}

async function waiting(
  { ask }: Tools,
  id: DeviceId,
  ticket: Ticket | undefined,
  what: string,
  context: CallContext,
): Promise<Waiting | Refused | Unknown | NotSent> {
  const looked = await look(ask, id, STATUS_PROJECTION, context);
  if (looked.kind !== "device") return looked;
  return {
    kind: "waiting",
    detail: `${what} for its next Inform`,
    ticket: ticket === undefined ? null : printTicket(ticket),
    inMs: decodeNextInform(looked.document, looked.sentAt),
  };
}
