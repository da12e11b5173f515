/**
 * What became of a task that the CPE took. Of a download that is told in a session long after its call: a fault, or its
 * times in the virtual root `Downloads` (genieacs-nbi.md 4 Firmware).
 *
 * A download that failed leaves a fault whose task is gone, and GenieACS sends it again by itself when the time has come
 * (0.10). So a fault is taken away before it is told: a firmware that nobody has asked for again must not come in hours.
 */
import { printDeviceId, type DeviceId } from "../../model/device.ts";
import type { AcsDevice, CallContext, TaskStatusResult } from "../../ports/acs.ts";
import { faultId, isTaskId } from "./address.ts";
import { isMembers, timeOf, unknown, type Members } from "./answer.ts";
import { decodeFault } from "./faults.ts";
import { look, type Tools } from "./tools.ts";

export async function taskStatusOf(
  tools: Tools,
  taskId: string,
  device: AcsDevice,
  context: CallContext,
): Promise<TaskStatusResult> {
  if (!isTaskId(taskId)) {
    return { kind: "refused", code: 0, text: "not sent: that is no id of a task" };
  }
  const id = printDeviceId(device.identity);
  const { queue, turns } = tools;
  const waiting = await queue.tasks(id, context);
  const faults = waiting === undefined ? undefined : await queue.faults(id, context);
  if (waiting === undefined || faults === undefined)
    return unknown("acs_fault", "its tasks and faults cannot be read");
  if (decodeFault(faults, faultId(id, taskId)) !== undefined) {
    const left = await turns.take(id, () => queue.clean(taskId, id, context));
    return left === undefined ? { kind: "failed" } : unknown("acs_fault", left);
  }
  if (waiting.some((task) => task.id === taskId)) return { kind: "pending" };
  return await lastDownload(tools, id, context);
}

async function lastDownload(
  { ask }: Tools,
  id: DeviceId,
  context: CallContext,
): Promise<TaskStatusResult> {
  const looked = await look(ask, id, ["Downloads"], context);
  if (looked.kind !== "device") return looked;
  const { Downloads: root } = looked.document;
  const downloads = isMembers(root) ? Object.values(root).filter(isMembers) : [];
  const [asked, ended] = ["Download", "LastDownload"].map((name) =>
    Math.max(0, ...downloads.map((each) => timeIn(each, name))),
  );
  return { kind: (ended ?? 0) >= (asked ?? 0) ? "done" : "pending" };
}

function timeIn(download: Members, name: string): number {
  const leaf = download[name];
  return (isMembers(leaf) ? timeOf(leaf["_value"]) : undefined) ?? 0;
}
