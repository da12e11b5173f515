/**
 * The operations of the Friendly service, without their XML: arguments in, an answer out. Both dialects of the service
 * have the same operations and differ in how they write the answer.
 *
 * Result codes: 100 is success; 201 with a message is any failure (the only code that clients were seen to meet).
 */
import type { CpeOp } from "./cpe.ts";
import type { Arguments } from "./arguments.ts";
import { downloadOp, type FileServer } from "./firmware.ts";
import { hash32 } from "./random.ts";
import { rpcAnswer, rpcOf } from "./rpc.ts";
import type { Entry, SimulatedAcs } from "./sim-acs.ts";

interface AnsweredParameter {
  readonly name: string;
  /** Null: nil. Absent: not read, `code` says why. */
  readonly value?: string | null;
  readonly code: number;
}

export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "status"; readonly online: boolean }
  | { readonly kind: "transaction"; readonly id: number }
  /** Null: the element is missing, as when nothing could be read. */
  | { readonly kind: "parameters"; readonly parameters: readonly AnsweredParameter[] | null }
  /** A CPE's own words, as text. */
  | { readonly kind: "response"; readonly text: string }
  | {
      readonly kind: "counts";
      readonly completed: number;
      readonly pending: number;
      readonly failed: number;
    }
  | { readonly kind: "info"; readonly info: DeviceInfo };

interface DeviceInfo {
  readonly id: number;
  readonly serial: string;
  readonly oui: string;
  readonly root: string;
  readonly productClassId: number;
  readonly manufacturer: string;
  readonly modelName: string;
  /** ISO 8601 in UTC. */
  readonly created: string;
  readonly updated: string;
  readonly firmware: string;
}

export interface Answer {
  readonly code: number;
  readonly message: string;
  readonly body: Body;
}

export interface Tools {
  readonly acs: SimulatedAcs;
  readonly trouble: { readonly fileServer: FileServer };
  /** Waits as long as the ACS takes; a live read of a CPE that is away takes longer. */
  takeTime(away: boolean): Promise<void>;
}

type Operation = (args: Arguments, tools: Tools, serial: string) => Promise<Answer>;

export const SUCCESS = 100;
const FAILURE = 201;
/** CWMP: invalid parameter name. */
const UNKNOWN_NAME = 9005;

const ok = (body: Body): Answer => ({ code: SUCCESS, message: "", body });
export const refused = (message: string, code = FAILURE): Answer => ({
  code,
  message,
  body: { kind: "none" },
});

const find = (args: Arguments, { acs }: Tools, serial: string): Entry | undefined =>
  acs.find(serial, args.text("oui"), args.text("modelname"));

const UNKNOWN_DEVICE = refused("Device not found");
const DEVICE_AWAY = refused("Device is offline");

/** Takes work for a device; its own words about it come later, and nobody hears them. */
function queued(opOf: (args: Arguments, tools: Tools) => CpeOp): Operation {
  return async (args, tools, serial) => {
    const op = opOf(args, tools);
    const push = args.flag("push", op.kind !== "set");
    await tools.takeTime(false);
    const entry = find(args, tools, serial);
    if (entry === undefined) return UNKNOWN_DEVICE;
    return ok({ kind: "transaction", id: tools.acs.queue(entry, op, push) });
  };
}

const getParameters: Operation = async (args, tools, serial) => {
  const names = args.texts("arraynames", "string");
  const live = args.int("source") === 0;
  const withValues = args.flag("values", true);
  const entry = find(args, tools, serial);
  await tools.takeTime(live && entry !== undefined && !tools.acs.online(entry));
  if (entry === undefined) return UNKNOWN_DEVICE;
  const read = live ? tools.acs.readLive(entry, names) : tools.acs.readKnown(entry, names);
  if (read === undefined) return DEVICE_AWAY;
  if (read.values.length === 0) return ok({ kind: "parameters", parameters: null });
  const parameters: AnsweredParameter[] = read.values.map(({ path, value }) => {
    // A CPE that is asked answers something; what was never read is nil in the ACS's memory only.
    if (!withValues) return { name: path, code: SUCCESS };
    return { name: path, value: live ? (value ?? "") : value, code: SUCCESS };
  });
  parameters.push(...read.unknown.map((name) => ({ name, code: UNKNOWN_NAME })));
  return ok({ kind: "parameters", parameters });
};

const getInfo: Operation = async (args, tools, serial) => {
  await tools.takeTime(false);
  const { acs } = tools;
  const entry = find(args, tools, serial);
  if (entry === undefined) return UNKNOWN_DEVICE;
  const { model } = entry.device;
  return ok({
    kind: "info",
    info: {
      id: entry.number,
      serial: entry.device.serial,
      oui: model.oui,
      root: model.root,
      productClassId: 1 + (hash32(model.productClass) % 9_999),
      manufacturer: model.manufacturer,
      modelName: model.modelName || model.productClass,
      created: new Date(entry.device.initial.knownAtMs).toISOString(),
      updated: new Date(acs.lastSeen(entry)).toISOString(),
      firmware: acs.knownText(entry, "SoftwareVersion"),
    },
  });
};

const getStatus: Operation = async (args, tools, serial) => {
  await tools.takeTime(false);
  const entry = find(args, tools, serial);
  if (entry === undefined) return UNKNOWN_DEVICE;
  return ok({ kind: "status", online: tools.acs.online(entry) });
};

const getTransaction: Operation = async (args, tools) => {
  await tools.takeTime(false);
  const found = tools.acs.transactions.get(args.int("transactionId"));
  if (found === undefined) return refused("Transaction not found");
  return ok({
    kind: "counts",
    completed: Number(found.state === "done"),
    pending: Number(found.state === "pending"),
    failed: Number(found.state === "failed"),
  });
};

/** Blocks until the CPE has answered. */
const invoke: Operation = async (args, tools, serial) => {
  const entry = find(args, tools, serial);
  await tools.takeTime(entry !== undefined && !tools.acs.online(entry));
  if (entry === undefined) return UNKNOWN_DEVICE;
  const op = rpcOf(args.text("soapcontent"));
  if (op === undefined) return refused("RPC is not supported");
  const reply = tools.acs.perform(entry, op);
  if (reply === undefined) return DEVICE_AWAY;
  return ok({ kind: "response", text: rpcAnswer(reply) });
};

/** By the name of the call element. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["FTCPEStatus", getStatus],
  ["FTGetDeviceInfo", getInfo],
  ["FTGetDeviceParameters", getParameters],
  [
    "FTSetDeviceParameters",
    queued((args) => ({ kind: "set", values: args.params("arrayparams") })),
  ],
  ["FTAddObject", queued((args) => ({ kind: "addObject", table: args.text("objectname") }))],
  ["FTDeleteObject", queued((args) => ({ kind: "deleteObject", row: args.text("objectname") }))],
  ["FTRebootDevice", queued(() => ({ kind: "reboot" }))],
  ["FTResetToDefault", queued(() => ({ kind: "factoryReset" }))],
  [
    "FTDownloadFile",
    queued((args, { trouble }) => downloadOp(args.text("url"), trouble.fileServer)),
  ],
  ["FTRPCInvoke", invoke],
  ["FTGetTransactionStatus", getTransaction],
]);

const READS: ReadonlySet<string> = new Set([
  ...["FTCPEStatus", "FTGetDeviceInfo", "FTGetDeviceParameters", "FTGetTransactionStatus"],
]);

/** What makes another CPE's answer: one that goes astray has done no work on that CPE. */
export function strayOperation(name: string): Operation | undefined {
  const nothingDone: Operation = () => Promise.resolve(ok({ kind: "transaction", id: 1 }));
  return READS.has(name) || !OPERATIONS.has(name) ? OPERATIONS.get(name) : nothingDone;
}
