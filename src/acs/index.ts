/**
 * Kinds of ACS, one line each. What comes out is always guarded: the factories of the adapters are imported nowhere
 * else (a test looks), so no path leads around mode and scope.
 */
import type { Acs, Transport } from "../ports/acs.ts";
import { friendlyAcs, FRIENDLY_READS, type FriendlyOptions } from "./friendly/client.ts";
import {
  genieacsAcs,
  GENIEACS_READS,
  GENIEACS_UNHEARD,
  type GenieacsOptions,
} from "./genieacs/client.ts";
import { guarded, guardedTransport, type AcsMode, type Guard, type Operations } from "./guarded.ts";

interface Adapter<Options> extends Operations {
  readonly create: (options: Options) => Acs | Promise<Acs>;
}

interface OptionsByKind {
  readonly friendly: FriendlyOptions;
  readonly genieacs: GenieacsOptions;
}

export type AcsKind = keyof OptionsByKind;

const ADAPTERS: { readonly [K in AcsKind]: Adapter<OptionsByKind[K]> } = {
  friendly: { create: friendlyAcs, reads: FRIENDLY_READS, unheard: new Set() },
  genieacs: { create: genieacsAcs, reads: GENIEACS_READS, unheard: GENIEACS_UNHEARD },
};

export const ACS_KINDS = Object.keys(ADAPTERS) as readonly AcsKind[];

/** @throws AppError `bad_config` when the adapter cannot work with the options */
export async function createAcs<K extends AcsKind>(
  kind: K,
  options: OptionsByKind[K],
  guard: Guard,
): Promise<Acs> {
  return guarded(await ADAPTERS[kind].create(options), guard);
}

/** The transport at the socket, with mode and scope asked once more. It belongs inside the gate: `gate(guardSocket(...))`. */
export function guardSocket(kind: AcsKind, inner: Transport, mode: () => AcsMode): Transport {
  return guardedTransport(inner, ADAPTERS[kind], mode);
}
