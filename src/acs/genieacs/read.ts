/** Reads a CPE: a session that asks it for the names, then the document with what it said. */
import { printDeviceId } from "../../model/device.ts";
import type { ParameterPath, Reading } from "../../model/parameter.ts";
import type { AcsDevice, CallContext, ReadResult } from "../../ports/acs.ts";
import { namesToAsk } from "../asked.ts";
import { isName, projectionOf } from "./address.ts";
import { readPulled } from "./pulled.ts";
import { decodeRead, type Read } from "./readings.ts";
import { refreshTask } from "./tasks.ts";
import { look, type Tools } from "./tools.ts";

/** Another reader in the same second makes GenieACS answer from its memory (genieacs-nbi.md 3); the next second is ours. */
const TRIES = 2;

export async function readDevice(
  tools: Tools,
  device: AcsDevice,
  names: readonly ParameterPath[],
  identityPath: ParameterPath,
  context: CallContext,
): Promise<ReadResult> {
  const asked = namesToAsk(names, identityPath);
  const spelt = asked.filter(isName);
  const { reach } = device;
  const result = await tools.turns.take(printDeviceId(device.identity), async () => {
    if (reach?.kind === "pull")
      return await readPulled(tools, device, spelt, identityPath, reach.ticket, context);
    for (let tries = 1; ; tries += 1) {
      const read = await readOnce(tools, device, spelt, identityPath, context);
      if (!read.stale || tries >= TRIES) return read.result;
    }
  });
  if (result.kind !== "values" || spelt.length === asked.length) return result;
  const values = new Map<ParameterPath, Reading>(result.snapshot.values);
  for (const name of asked) {
    if (!isName(name)) values.set(name, NOT_ASKED);
  }
  return { ...result, snapshot: { ...result.snapshot, values } };
}

const NOT_ASKED: Reading = {
  kind: "failed",
  code: 0,
  text: "not a name that GenieACS can be given",
};

async function readOnce(
  { ask, sessions, turns }: Tools,
  device: AcsDevice,
  asked: readonly ParameterPath[],
  identityPath: ParameterPath,
  context: CallContext,
): Promise<Pick<Read, "stale"> & { readonly result: ReadResult }> {
  const id = printDeviceId(device.identity);
  await turns.newSecond(id, context.signal);
  const run = await sessions.run("Refresh", refreshTask(asked), id, context);
  turns.taskEnded(id);
  if (run.kind === "rejected") {
    return { result: { kind: "refused", code: run.code, text: run.text }, stale: false };
  }
  if (run.kind === "broken_off") {
    return { result: { kind: "away", detail: run.detail }, stale: false };
  }
  if (run.kind !== "ended") return { result: run, stale: false };
  const projection = projectionOf(asked);
  const looked = await look(ask, id, projection, context);
  if (looked.kind !== "device") return { result: looked, stale: false };
  const { serial } = device.identity;
  const { since, sentAt } = run;
  const question = { asked, projection, identityPath, serial, since, sentAt };
  const { result, stale } = decodeRead(looked.document, question);
  if (!stale) return { result, stale };
  return { result: (await sessions.stillWaiting(run, id, context)) ?? result, stale };
}
