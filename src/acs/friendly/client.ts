/**
 * FriendlyTech ACS: the verbs of the port. `soap.ts` carries a call, `envelope.ts` and `translate.ts` decide
 * whether its answer is believed, `scrub.ts` keeps secrets out of what is said about it.
 */
import { readFile } from "node:fs/promises";
import type {
  Acs,
  AcsCapabilities,
  CallContext,
  CheckResult,
  IdentifyResult,
  ReadResult,
  StatusResult,
  WriteOutcome,
} from "../../ports/acs.ts";
import { namesToAsk } from "../asked.ts";
import { secretsOf } from "../login.ts";
import { scrubResult } from "../scrub.ts";
import { openedOf, uncarriable } from "../values.ts";
import {
  deviceArguments,
  operationFor,
  readArguments,
  writeArguments,
  type Labels,
} from "./arguments.ts";
import { compareDescriptions } from "./description.ts";
import { DESCRIBE, openSoap, type FriendlyOptions, type Operation } from "./soap.ts";
import { basicHeaders } from "./security.ts";
import { decodeIdentify, decodeRead, decodeStatus, decodeWrite } from "./translate.ts";

export type { FriendlyAuth } from "./security.ts";
export type { FriendlyOptions } from "./soap.ts";

/** Operations that change nothing; whatever is not listed is treated as a write. */
export const FRIENDLY_READS: ReadonlySet<string> = new Set<Operation | typeof DESCRIBE>([
  "FTCPEStatus",
  "FTGetDeviceInfo",
  "FTGetDeviceParameters",
  DESCRIBE,
]);

/** Friendly's SOAP service names none of these (acs-northbound-apis.md 1, 2.3); its task status is weak evidence. */
const CAPABILITIES: AcsCapabilities = {
  listDevices: false,
  lastContact: false,
  taskStatus: false,
  cancelTask: false,
  events: false,
  bootstrapCount: false,
  liveReads: true,
  typedWrites: false,
  connectionRequest: false,
  waitsForInform: false,
  safeConcurrency: 1,
};

/** The description itself, or that of the file which is named. */
async function textOf(wsdl: string): Promise<string> {
  return wsdl.trimStart().startsWith("<") ? wsdl : await readFile(wsdl, "utf8");
}

/**
 * Without mode and scope: `acs/index.ts` puts the guard around it, and nothing else may import this.
 * @throws AppError `bad_config` when the description cannot be used; after that no method throws
 */
export async function friendlyAcs(options: FriendlyOptions): Promise<Acs> {
  const ask = await openSoap(options);
  const labels = (context: CallContext): Labels => ({
    changeId: context.changeId,
    appId: options.appId,
  });
  const secretsIn = (context: CallContext) => (): string[] => [
    ...secretsOf(options.auth),
    ...(context.secrets?.() ?? []).map((secret) => secret.open()),
  ];

  const { transport, url } = options;
  let missing: ReadonlySet<Operation> = new Set();

  return {
    capabilities: CAPABILITIES,

    async check(context): Promise<CheckResult> {
      const asked = await transport({
        ...{
          operation: DESCRIBE,
          method: "GET",
          url: `${url}?WSDL`,
          headers: basicHeaders(options.auth),
        },
        ...{ body: "", context, deviceId: "", alone: false },
      });
      if (asked.kind === "not_sent") return asked;
      if (asked.kind === "no_answer") return { ...asked, kind: "unknown" };
      const found = compareDescriptions(await textOf(options.wsdl), asked.body);
      if (found.kind === "not_comparable" || asked.status !== 200) {
        const why = found.kind === "not_comparable" ? found.why : `HTTP ${asked.status}`;
        const detail = `its description cannot be compared: ${why}`;
        return { kind: "unknown", fault: "garbled", sent: true, detail };
      }
      missing = found.missing;
      return { kind: "checked", differences: found.differences };
    },

    async status(device, context): Promise<StatusResult> {
      const args = deviceArguments(device, labels(context));
      const reply = await ask("FTCPEStatus", args, device, context);
      return scrubResult(
        reply.kind === "reply" ? decodeStatus(reply.inner) : reply,
        secretsIn(context),
      );
    },

    async identify(device, context): Promise<IdentifyResult> {
      const args = deviceArguments(device, labels(context));
      const reply = await ask("FTGetDeviceInfo", args, device, context);
      const result = reply.kind === "reply" ? decodeIdentify(reply.inner, device) : reply;
      return scrubResult(result, secretsIn(context));
    },

    async read(device, names, identityPath, context): Promise<ReadResult> {
      const asked = namesToAsk(names, identityPath);
      const args = readArguments(device, asked, labels(context));
      const reply = await ask("FTGetDeviceParameters", args, device, context);
      if (reply.kind !== "reply") return scrubResult(reply, secretsIn(context));
      const { serial } = device.identity;
      const question = { asked, identityPath, serial, sentAt: reply.sentAt };
      return scrubResult(decodeRead(reply.inner, question), secretsIn(context));
    },

    async write(device, change, context): Promise<WriteOutcome> {
      const values = change.kind === "set" ? change.values : [];
      // Code 0: it was us who said no, and nothing was sent.
      const misfit = uncarriable(values);
      if (misfit !== undefined) return { kind: "rejected", code: 0, text: misfit };
      const operation = operationFor(change);
      if (missing.has(operation)) {
        const text = `not sent: the description of this ACS has no ${operation}`;
        return { kind: "rejected", code: 0, text };
      }
      const args = writeArguments(device, change, labels(context));
      const reply = await ask(operation, args, device, context);
      const result = reply.kind === "reply" ? decodeWrite(reply.inner, operation) : reply;
      return scrubResult(result, () => [...secretsIn(context)(), ...openedOf(values)]);
    },
  };
}
