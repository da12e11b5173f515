/**
 * FriendlyTech ACS: the verbs of the port. `soap.ts` carries a call, `envelope.ts` and `translate.ts` decide
 * whether its answer is believed, `scrub.ts` keeps secrets out of what is said about it.
 */
import type {
  Acs,
  AcsCapabilities,
  CallContext,
  CheckResult,
  IdentifyResult,
  ReadResult,
  Refused,
  StatusResult,
  TaskStatusResult,
  WriteOutcome,
} from "../../ports/acs.ts";
import { namesToAsk } from "../asked.ts";
import { secretsOf } from "../login.ts";
import { scrubber, scrubResult } from "../scrub.ts";
import { oddDownload, secretsInside, uncarriable, valuesOf } from "../values.ts";
import {
  deviceArguments,
  misfitOf,
  operationFor,
  readArguments,
  rpcArguments,
  writeArguments,
  type Labels,
} from "./arguments.ts";
import { describeSite, DESCRIBE } from "./describe.ts";
import { askTransaction, TRANSACTION } from "./rest.ts";
import { decodeInvoked, INVOKE, rpcFor } from "./rpc.ts";
import { openSoap, OPERATIONS, type FriendlyOptions, type Operation } from "./soap.ts";
import { decodeIdentify, decodeRead, decodeStatus, decodeWrite } from "./translate.ts";

export type { FriendlyAuth } from "./security.ts";
export type { FriendlyOptions } from "./soap.ts";

/** Operations that change nothing; whatever is not listed is treated as a write. */
export const FRIENDLY_READS: ReadonlySet<string> = new Set<
  Operation | typeof DESCRIBE | typeof TRANSACTION
>([DESCRIBE, TRANSACTION, "FTCPEStatus", "FTGetDeviceInfo", "FTGetDeviceParameters"]);

/**
 * Friendly's SOAP service names none of these (acs-northbound-apis.md 1, 2.3); for its task status there is weak evidence
 * only, and the REST twin is asked where a site has it.
 */
const CAPABILITIES: AcsCapabilities = {
  listDevices: false,
  lastContact: false,
  taskStatus: false,
  cancelTask: false,
  events: false,
  bootstrapCount: false,
  liveReads: true,
  bulkReads: false,
  typedWrites: false,
  connectionRequest: false,
  waitsForInform: false,
  safeConcurrency: 1,
};

/**
 * Without mode and scope: `acs/index.ts` puts the guard around it, and nothing else may import this.
 * @throws AppError `bad_config` when the description cannot be used; after that no method throws
 */
export async function friendlyAcs(options: FriendlyOptions): Promise<Acs> {
  const { ask, description } = await openSoap(options);
  const { restAddress } = options;
  const site = { ...options, ours: description };
  /** What the site's own description was found to lack: it would answer with a fault, or not at all. */
  let lacking: ReadonlySet<string> = new Set();
  /** Code 0: it was us who said no, and nothing was sent. */
  const refusal = (operation: Operation): Refused | undefined =>
    lacking.has(operation)
      ? { kind: "refused", code: 0, text: `not sent: the ACS does not offer ${operation}` }
      : undefined;
  const labels = (context: CallContext): Labels => ({
    changeId: context.changeId,
    appId: options.appId,
  });
  const secretsIn = (context: CallContext) => (): string[] => [
    ...secretsOf(options.auth),
    ...(context.secrets?.() ?? []).map((secret) => secret.open()),
  ];

  return {
    capabilities: { ...CAPABILITIES, taskStatus: restAddress !== undefined },

    async status(device, context): Promise<StatusResult> {
      const refused = refusal("FTCPEStatus");
      if (refused !== undefined) return refused;
      const args = deviceArguments(device, labels(context));
      const reply = await ask("FTCPEStatus", args, device, context);
      return scrubResult(
        reply.kind === "reply" ? decodeStatus(reply.inner) : reply,
        secretsIn(context),
      );
    },

    async identify(device, context): Promise<IdentifyResult> {
      const refused = refusal("FTGetDeviceInfo");
      if (refused !== undefined) return refused;
      const args = deviceArguments(device, labels(context));
      const reply = await ask("FTGetDeviceInfo", args, device, context);
      const result = reply.kind === "reply" ? decodeIdentify(reply.inner, device) : reply;
      return scrubResult(result, secretsIn(context));
    },

    async read(device, names, identityPath, context): Promise<ReadResult> {
      const refused = refusal("FTGetDeviceParameters");
      if (refused !== undefined) return refused;
      const asked = namesToAsk(names, identityPath);
      const args = readArguments(device, asked, labels(context));
      const reply = await ask("FTGetDeviceParameters", args, device, context);
      if (reply.kind !== "reply") return scrubResult(reply, secretsIn(context));
      const { serial } = device.identity;
      const question = { asked, identityPath, serial, sentAt: reply.sentAt };
      return scrubResult(decodeRead(reply.inner, question), secretsIn(context));
    },

    async write(device, change, context): Promise<WriteOutcome> {
      // Code 0: it was us who said no, and nothing was sent.
      const misfit = uncarriable(valuesOf(change)) ?? oddDownload(change) ?? misfitOf(change);
      if (misfit !== undefined) return { kind: "rejected", code: 0, text: misfit };
      const operation = operationFor(change);
      const secrets = (): string[] => [...secretsIn(context)(), ...secretsInside(change)];
      const refused = refusal(operation);
      if (refused !== undefined) {
        // Rows have another way, which not every site has either.
        const rows = change.kind === "add" || change.kind === "delete";
        if (!rows || refusal(INVOKE) !== undefined) return { ...refused, kind: "rejected" };
        const rpc = rpcFor(change);
        if (typeof rpc === "string") return { kind: "rejected", code: 0, text: rpc };
        const reply = await ask(
          INVOKE,
          rpcArguments(device, rpc, labels(context)),
          device,
          context,
        );
        const invoked = reply.kind === "reply" ? decodeInvoked(reply.inner, change) : reply;
        return scrubResult(invoked, secrets);
      }
      const args = writeArguments(device, change, labels(context));
      const reply = await ask(operation, args, device, context);
      const result = reply.kind === "reply" ? decodeWrite(reply.inner, operation) : reply;
      return scrubResult(result, secrets);
    },

    ...(restAddress === undefined
      ? {}
      : {
          async taskStatus(id, device, context): Promise<TaskStatusResult> {
            const twin = { ...options, address: restAddress };
            const said = await askTransaction(twin, id, device, labels(context), context);
            return scrubResult(said, secretsIn(context));
          },
        }),

    async check(context): Promise<CheckResult> {
      const found = await describeSite(site, new Set(OPERATIONS), context);
      if (found.kind !== "described") return scrubResult(found, secretsIn(context));
      lacking = found.lacking;
      return {
        kind: "checked",
        differences: found.differences.map(scrubber(secretsIn(context)())),
      };
    },
  };
}
