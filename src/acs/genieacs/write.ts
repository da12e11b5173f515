/** Changes a CPE: looks first at what GenieACS would drop, posts the task, and looks again at what came of it. */
import { printDeviceId, type DeviceId } from "../../model/device.ts";
import type { Change, WriteValue } from "../../model/parameter.ts";
import type { AcsDevice, CallContext, WriteOutcome } from "../../ports/acs.ts";
import { oddDownload, uncarriable, valuesOf } from "../values.ts";
import { projectionOf } from "./address.ts";
import { objectionToFile } from "./files.ts";
import type { Call } from "./nbi.ts";
import { writePulled } from "./pulled.ts";
import type { Ended, Run } from "./session.ts";
import { changeTask, misfitOf } from "./tasks.ts";
import { look, type Tools } from "./tools.ts";
import { decodeWritten, objectionTo } from "./written.ts";

const CALLS: { readonly [K in Change["kind"]]: Call } = {
  set: "Set",
  add: "AddObject",
  delete: "DeleteObject",
  reboot: "Reboot",
  download: "Download",
  factoryReset: "FactoryReset",
};

export async function writeDevice(
  tools: Tools,
  device: AcsDevice,
  change: Change,
  context: CallContext,
): Promise<WriteOutcome> {
  const values = valuesOf(change);
  // Code 0: it was us who said no, and nothing was sent.
  const misfit = misfitOf(change) ?? uncarriable(values) ?? oddDownload(change);
  if (misfit !== undefined) return { kind: "rejected", code: 0, text: misfit };
  const { sessions, turns } = tools;
  const id = printDeviceId(device.identity);
  return await turns.take(id, async () => {
    const held = await before(tools, id, change, context);
    if (held !== undefined) return held;
    const [call, task] = [CALLS[change.kind], changeTask(change)];
    if (device.reach?.kind === "pull") return await writePulled(tools, id, call, task, context);
    await turns.newSecond(id, context.signal);
    const run = await sessions.run(call, task, id, context);
    turns.taskEnded(id);
    if (run.kind !== "ended") return outcomeOf(run);
    return await after(tools, id, values, run, context);
  });
}

function outcomeOf(run: Exclude<Run, Ended>): WriteOutcome {
  switch (run.kind) {
    case "refused":
      return { kind: "rejected", code: run.code, text: run.text };
    case "broken_off":
      return { kind: "unknown", fault: "connection", sent: true, detail: run.detail };
    case "rejected":
    case "away":
    case "unknown":
    case "not_sent":
      return run;
  }
}

/** Why the change is not sent, or undefined. Nothing was changed by asking, whatever the answer. */
async function before(
  { ask }: Tools,
  id: DeviceId,
  change: Change,
  context: CallContext,
): Promise<WriteOutcome | undefined> {
  if (change.kind === "download") return await objectionToFile(ask, id, change, context);
  const values = valuesOf(change);
  if (values.length === 0) return undefined;
  const looked = await look(ask, id, projectionOf(values.map(({ path }) => path)), context);
  switch (looked.kind) {
    case "device":
      return objectionTo(looked.document, values);
    case "refused":
      return { kind: "rejected", code: looked.code, text: looked.text };
    case "unknown":
      return { ...looked, sent: false };
    case "not_sent":
      return looked;
  }
}

/** A session came and left no fault. A set may be seen in the document; what cannot be seen is accepted at best. */
async function after(
  { ask, sessions }: Tools,
  id: DeviceId,
  values: readonly WriteValue[],
  run: Ended,
  context: CallContext,
): Promise<WriteOutcome> {
  if (values.length > 0) {
    const looked = await look(ask, id, projectionOf(values.map(({ path }) => path)), context);
    if (looked.kind === "device") {
      const written = decodeWritten(looked.document, values, run.since);
      if (written.kind !== "not_shown") return written;
    }
    if (looked.kind === "unknown") context.passedOver?.(looked.fault, "the look behind a write");
  }
  return (await sessions.stillWaiting(run, id, context)) ?? { kind: "accepted", id: run.taskId };
}
