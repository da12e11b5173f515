/**
 * GenieACS 1.2 over its NBI: the verbs of the port. `nbi.ts` carries a call, `session.ts` follows a task to its end, the
 * pure files beside them decide what is believed. Facts: genieacs-nbi.md, its section 0 above all.
 *
 * A read is a task that asks the CPE, and then the document; a set is a look at what GenieACS would drop, the task, and the
 * document again. Each is an exchange of its own at the gate, so that other devices go on in between.
 */
import { AppError } from "../../lib/errors.ts";
import type { Clock } from "../../lib/time.ts";
import { printDeviceId } from "../../model/device.ts";
import type {
  Acs,
  AcsCapabilities,
  AcsDevice,
  CallContext,
  IdentifyResult,
  ListResult,
  StatusResult,
  Transport,
} from "../../ports/acs.ts";
import { secretsOf, type Login } from "../login.ts";
import { scrubResult } from "../scrub.ts";
import { secretsInside } from "../values.ts";
import { listPath, tasksPath } from "./address.ts";
import { decodeConnection, decodeList } from "./answer.ts";
import { openNbi } from "./nbi.ts";
import { readDevice } from "./read.ts";
import { withdrawPulled } from "./pulled.ts";
import { Queue } from "./queue.ts";
import { recallDevices } from "./recall.ts";
import { Sessions } from "./session.ts";
import { look, type Tools } from "./tools.ts";
import {
  decodeFacts,
  decodePage,
  decodeStatus,
  IDENTIFY_PROJECTION,
  LIST_PROJECTION,
  PAGE,
  pageQuery,
  STATUS_PROJECTION,
} from "./translate.ts";
import { taskStatusOf } from "./task-status.ts";
import { Turns } from "./turns.ts";
import { writeDevice } from "./write.ts";

export { GENIEACS_READS, GENIEACS_UNHEARD } from "./nbi.ts";

export interface GenieacsOptions {
  /** Of the NBI, or of the proxy before it: `http://HOST:7557`. */
  readonly url: string;
  /** None or Basic; Basic is the proxy's, as the NBI knows no login (0.12). */
  readonly auth: Login;
  readonly transport: Transport;
  readonly clock: Clock;
}

const CAPABILITIES: AcsCapabilities = {
  listDevices: true,
  lastContact: true,
  // Of a download, whose end is told in a later session; any other write follows its task to the end by itself.
  taskStatus: true,
  cancelTask: true,
  events: false,
  bootstrapCount: true,
  liveReads: true,
  bulkReads: true,
  typedWrites: false,
  connectionRequest: true,
  waitsForInform: true,
  // Wider was measured without a wrong answer too (6), but not on a database of a site's size.
  safeConcurrency: 8,
};

/**
 * Without mode and scope: `acs/index.ts` puts the guard around it, and nothing else may import this.
 * @throws AppError `bad_config` for a login that an HTTP proxy cannot be given; after that no method throws
 */
export function genieacsAcs({ url, auth, transport, clock }: GenieacsOptions): Acs {
  if (auth.kind !== "none" && auth.kind !== "basic") {
    throw new AppError(
      "bad_config",
      `GenieACS is reached with no login or with basic, not ${auth.kind}.`,
    );
  }
  const ask = openNbi(url, auth, transport);
  const queue = new Queue(ask, clock);
  const tools: Tools = {
    ask,
    queue,
    sessions: new Sessions(ask, queue),
    turns: new Turns(clock),
  };
  const secretsIn = (context: CallContext) => (): string[] => [
    ...secretsOf(auth),
    ...(context.secrets?.() ?? []).map((secret) => secret.open()),
  ];

  return {
    capabilities: CAPABILITIES,
    status: async (device, context) =>
      scrubResult(await statusOf(tools, device, context), secretsIn(context)),
    identify: async (device, context) =>
      scrubResult(await factsOf(tools, device, context), secretsIn(context)),
    read: async (device, names, identityPath, context) =>
      scrubResult(
        await readDevice(tools, device, names, identityPath, context),
        secretsIn(context),
      ),
    write: async (device, change, context) =>
      scrubResult(await writeDevice(tools, device, change, context), () => [
        ...secretsIn(context)(),
        ...secretsInside(change),
      ]),
    taskStatus: async (id, device, context) =>
      scrubResult(await taskStatusOf(tools, id, device, context), secretsIn(context)),
    withdraw: async (device, context) => {
      const taken = await tools.turns.take(printDeviceId(device.identity), () =>
        withdrawPulled(tools, device, context),
      );
      return scrubResult(taken, secretsIn(context));
    },
    list: async (after, context) =>
      scrubResult(await pageOf(tools, after, context), secretsIn(context)),
    recall: async (wanted, context) =>
      scrubResult(await recallDevices(tools, wanted, context), secretsIn(context)),
  };
}

/** From its last Inform where that is enough, else by knocking at the CPE; both are cheap for ACS and CPE. */
async function statusOf(
  { ask }: Tools,
  device: AcsDevice,
  context: CallContext,
): Promise<StatusResult> {
  const id = printDeviceId(device.identity);
  const looked = await look(ask, id, STATUS_PROJECTION, context);
  if (looked.kind !== "device") return looked;
  const knocks = device.reach?.kind !== "pull";
  const status = decodeStatus(looked.document, looked.sentAt, knocks, device.informIntervalMs);
  if (status.kind !== "ask") return status;
  const question = { call: "ConnectionRequest", method: "POST", path: tasksPath(id) } as const;
  const answer = await ask(question, id, context);
  if (answer.kind !== "answer") return answer;
  const reached = decodeConnection(answer);
  return reached.kind === "online" || reached.kind === "offline"
    ? { ...reached, contactAt: status.contactAt }
    : reached;
}

async function factsOf(
  { ask }: Tools,
  device: AcsDevice,
  context: CallContext,
): Promise<IdentifyResult> {
  const id = printDeviceId(device.identity);
  const looked = await look(ask, id, IDENTIFY_PROJECTION, context);
  if (looked.kind !== "device") return looked;
  return { kind: "facts", facts: decodeFacts(looked.document) };
}

async function pageOf(
  { ask }: Tools,
  after: string | null,
  context: CallContext,
): Promise<ListResult> {
  const path = listPath("devices", {
    query: pageQuery(after),
    projection: LIST_PROJECTION,
    // Without the id, the order in one millisecond would be another one on each page (2).
    sort: { _lastInform: 1, _id: 1 },
    limit: PAGE,
  });
  const answer = await ask({ call: "Query", method: "GET", path }, "", context);
  if (answer.kind !== "answer") return answer;
  const list = decodeList(answer);
  return list.kind === "list" ? decodePage(list.documents, after) : list;
}
