/** What reads and writes share: the NBI, tasks followed to their end, turns of devices, and a look at one document. */
import type { DeviceId } from "../../model/device.ts";
import type { CallContext, NotSent, Refused, Unknown } from "../../ports/acs.ts";
import { listPath } from "./address.ts";
import { decodeDevice, type Members } from "./answer.ts";
import type { Ask } from "./nbi.ts";
import type { Queue } from "./queue.ts";
import type { Sessions } from "./session.ts";
import type { Turns } from "./turns.ts";

export interface Tools {
  readonly ask: Ask;
  readonly queue: Queue;
  readonly sessions: Sessions;
  readonly turns: Turns;
}

export interface Looked {
  readonly kind: "device";
  readonly document: Members;
  /** When we asked, on our clock. */
  readonly sentAt: Date;
}

/** GenieACS's memory of one device. The CPE is not asked. */
export async function look(
  ask: Ask,
  device: DeviceId,
  projection: readonly string[],
  context: CallContext,
): Promise<Looked | Refused | Unknown | NotSent> {
  const path = listPath("devices", { query: { _id: device }, projection });
  const answer = await ask({ call: "Query", method: "GET", path }, device, context);
  if (answer.kind !== "answer") return answer;
  const found = decodeDevice(answer, device);
  return found.kind === "device" ? { ...found, sentAt: answer.sentAt } : found;
}
