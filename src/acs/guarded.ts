/**
 * Mode and scope around any adapter: in mode `observe` no write exists, and outside the scope no live call does. Both
 * are asked for each call, since an operator may change them while we run, and anything but a clear yes is a no.
 *
 * It stands twice. Around the adapter a held-back write is never built, so no secret is opened for it. Inside the gate
 * both are asked once more (`guardedTransport`): a call may wait there for minutes while somebody takes the mode back,
 * or the device out of the scope.
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
  const outside = (device: AcsDevice): NotSent | undefined =>
    guard.inScope(device)
      ? undefined
      : notSent("out_of_scope", "the device is outside the ACS's scope");
  /** Asks nothing of a device that is held back; what it lets go is looked at again at the socket. */
  const letGo = async <T>(
    device: AcsDevice,
    context: CallContext,
    ask: (context: CallContext) => Promise<T>,
  ): Promise<T | NotSent> => {
    if (context.signal.aborted) return notSent("stopped", "the pass was stopped");
    return outside(device) ?? (await ask({ ...context, held: () => outside(device) }));
  };
  const withdraw = acs.withdraw?.bind(acs);
  const taskStatus = acs.taskStatus?.bind(acs);
  return {
    capabilities: acs.capabilities,
    status: (device, context) => letGo(device, context, (own) => acs.status(device, own)),
    identify: (device, context) => letGo(device, context, (own) => acs.identify(device, own)),
    read: (device, names, identityPath, context) =>
      letGo(device, context, (own) => acs.read(device, names, identityPath, own)),
    // What waits is taken back in every mode, also when it was put there while it was another one.
    ...(withdraw === undefined
      ? {}
      : { withdraw: (device, context) => letGo(device, context, (own) => withdraw(device, own)) }),
    ...(taskStatus === undefined
      ? {}
      : {
          taskStatus: (id, device, context) =>
            letGo(device, context, (own) => taskStatus(id, device, own)),
        }),
    // The ACS's own list and description ask no device, so they are neither a write nor a live call.
    ...(acs.list === undefined ? {} : { list: acs.list.bind(acs) }),
    ...(acs.recall === undefined ? {} : { recall: acs.recall.bind(acs) }),
    ...(acs.check === undefined ? {} : { check: acs.check.bind(acs) }),
    write: (device, change, context) =>
      letGo(device, context, async (own) => {
        if (guard.mode() === "write") return await acs.write(device, change, own);
        guard.onWouldWrite?.({ device, change, context });
        return OBSERVE;
      }),
  };
}

/** Operations on the wire, by name. */
export interface Operations {
  /** Those that change nothing; every other one is a write. */
  readonly reads: ReadonlySet<string>;
  /** Those among them that no CPE hears of: with them what was sent before is taken back, in scope or out of it. */
  readonly unheard: ReadonlySet<string>;
}

/** The same questions at the socket. */
export function guardedTransport(
  inner: Transport,
  { reads, unheard }: Operations,
  mode: () => AcsMode,
): Transport {
  return async (exchange) => {
    const { operation, context } = exchange;
    const held = unheard.has(operation) ? undefined : context.held?.();
    if (held !== undefined) return held;
    return reads.has(operation) || mode() === "write" ? await inner(exchange) : OBSERVE;
  };
}
