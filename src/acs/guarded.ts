/**
 * Mode and scope around any adapter: in mode `observe` no write exists, and outside the scope no live call does. Both
 * are asked for each call, since an operator may change them while we run, and anything but a clear yes is a no.
 *
 * It stands twice. Around the adapter a held-back write is never built, so no secret is opened for it. Inside the gate
 * the mode is asked once more (`guardedTransport`): a write may wait there for minutes while somebody takes the mode
 * back.
 */
import type { Change } from "../model/parameter.ts";
import type { Acs, AcsDevice, CallContext, NotSent, Transport } from "../ports/acs.ts";

export type AcsMode = "observe" | "write";

/** What the guard held back, for the log of what would have been written. Secrets in it are still closed. */
export interface WouldWrite {
  readonly device: AcsDevice;
  readonly change: Change;
  readonly context: CallContext;
}

export interface Guard {
  mode(): AcsMode;
  inScope(device: AcsDevice): boolean;
  onWouldWrite?(held: WouldWrite): void;
}

function notSent(reason: NotSent["reason"], detail: string): NotSent {
  return { kind: "not_sent", reason, detail };
}

const OBSERVE = notSent("observe", "the ACS is in mode observe");

export function guarded(acs: Acs, guard: Guard): Acs {
  const hold = (device: AcsDevice, context: CallContext): NotSent | undefined => {
    if (context.signal.aborted) return notSent("stopped", "the pass was stopped");
    if (!guard.inScope(device))
      return notSent("out_of_scope", "the device is outside the ACS's scope");
    return undefined;
  };
  const withdraw = acs.withdraw?.bind(acs);
  const taskStatus = acs.taskStatus?.bind(acs);
  return {
    capabilities: acs.capabilities,
    status: async (device, context) => hold(device, context) ?? acs.status(device, context),
    identify: async (device, context) => hold(device, context) ?? acs.identify(device, context),
    read: async (device, names, identityPath, context) =>
      hold(device, context) ?? acs.read(device, names, identityPath, context),
    // What waits is taken back in every mode, also when it was put there while it was another one.
    ...(withdraw === undefined
      ? {}
      : {
          withdraw: async (device, context) => hold(device, context) ?? withdraw(device, context),
        }),
    ...(taskStatus === undefined
      ? {}
      : {
          taskStatus: async (id, device, context) =>
            hold(device, context) ?? taskStatus(id, device, context),
        }),
    // The ACS's own list and description ask no device, so they are neither a write nor a live call.
    ...(acs.list === undefined ? {} : { list: acs.list.bind(acs) }),
    ...(acs.check === undefined ? {} : { check: acs.check.bind(acs) }),
    write: async (device, change, context) => {
      const held = hold(device, context);
      if (held !== undefined) return held;
      if (guard.mode() !== "write") {
        guard.onWouldWrite?.({ device, change, context });
        return OBSERVE;
      }
      return acs.write(device, change, context);
    },
  };
}

/** The same question at the socket. `reads` are the operations that change nothing; every other one is a write. */
export function guardedTransport(
  inner: Transport,
  reads: ReadonlySet<string>,
  mode: () => AcsMode,
): Transport {
  return async (exchange) =>
    reads.has(exchange.operation) || mode() === "write" ? inner(exchange) : OBSERVE;
}
