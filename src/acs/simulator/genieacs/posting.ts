/** A task is posted: queued, or followed through a session that a connection request opens (genieacs-nbi.md 3). */
import type { HttpReply } from "../face.ts";
import type { Trouble } from "../options.ts";
import type { SimulatedAcs } from "../sim-acs.ts";
import type { KnownDevice } from "./known-device.ts";
import type { Nbi } from "./nbi.ts";
import { badRequest, json, NO_DEVICE, plain } from "./replies.ts";

export interface PostTools {
  readonly acs: SimulatedAcs;
  readonly nbi: Nbi;
  readonly trouble: Readonly<Trouble>;
  takeTime(away: boolean): Promise<void>;
}

const NOT_PROCESSED = "Task queued but not processed";

/** Why the CPE was not reached, or undefined. */
function knock({ acs, trouble }: PostTools, device: KnownDevice): string | undefined {
  if (!acs.online(device.entry)) return "Device is offline";
  return trouble.connectionRequests === "refused"
    ? "Connection request error: Incorrect connection request credentials"
    : undefined;
}

export async function post(
  tools: PostTools,
  device: KnownDevice | undefined,
  body: string,
  wakes: boolean,
): Promise<HttpReply | "crash"> {
  let given: unknown;
  try {
    given = body === "" ? undefined : JSON.parse(body);
  } catch (error) {
    return badRequest(error);
  }
  if (given === undefined && !wakes) return plain(400);
  if (device === undefined) return NO_DEVICE;
  if (given === undefined) return await wake(tools, device);
  if (!wakes) {
    const task = tools.nbi.insert(device, given);
    return task === undefined ? "crash" : json(JSON.stringify(task.shown), { status: 202 });
  }
  return await tools.nbi.locked(device, () => followed(tools, device, given));
}

/** Without a task: the answer comes when the CPE has said yes, and its session goes on by itself. */
async function wake(tools: PostTools, device: KnownDevice): Promise<HttpReply> {
  const reason = knock(tools, device);
  await tools.takeTime(reason !== undefined);
  if (reason !== undefined) return plain(504, reason, { phrase: reason, outcome: "refused" });
  if (tools.trouble.connectionRequests !== "unanswered") tools.nbi.session(device, false);
  return plain(200);
}

async function followed(
  tools: PostTools,
  device: KnownDevice,
  given: unknown,
): Promise<HttpReply | "crash"> {
  const { nbi, trouble } = tools;
  const task = nbi.insert(device, given);
  if (task === undefined) return "crash";
  const queued = (phrase: string): HttpReply =>
    json(JSON.stringify(task.shown), { status: 202, phrase, outcome: "queued" });
  const reason = knock(tools, device);
  device.inSession = reason === undefined && trouble.connectionRequests !== "unanswered";
  await tools.takeTime(reason !== undefined);
  device.inSession = false;
  // It may have lost its power while it was talked to.
  const after = reason ?? knock(tools, device);
  if (after !== undefined) return queued(after);
  if (trouble.connectionRequests === "unanswered") return queued(NOT_PROCESSED);
  nbi.session(device, trouble.connectionRequests === "broken");
  if (device.faults.has(`task_${task.id}`)) return queued("Task faulted");
  return json(JSON.stringify(task.shown));
}
