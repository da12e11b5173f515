/**
 * Operations: what became of one change of a desired document. Nothing is kept but the change and its proof; everything
 * between is what the device says of itself now.
 *
 * An id names the change, so that it can be told before anything has happened: it is opaque to callers.
 */
import { AppError } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { State } from "../model/status.ts";
import type { FleetStore, OperationName, OperationView } from "../ports/fleet-store.ts";
import { demand, FIELD_SCOPES, type Caller } from "./access.ts";

export const OPERATION_STATUSES = [
  "queued",
  "running",
  "waiting",
  "failed",
  "done",
  "superseded",
] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

export interface Operation extends OperationView {
  readonly id: string;
  readonly status: OperationStatus;
}

export interface Operations {
  get(id: string, caller: Caller): Promise<Operation>;
  /**
   * Resolves when it has come to an end, or after `ms`: no connection to the database is held meanwhile. Null: nothing
   * is known of it, as its change was made by a version that kept none.
   */
  settled(id: string, caller: Caller, ms: number): Promise<Operation | null>;
}

/** Between two looks of one that waits; the first comes sooner, as a device that is read already needs no call. */
const LOOK_MS = { first: 50, most: 1_000 } as const;

export function operationId({ device, writer, generation }: OperationName): string {
  return `op_${Buffer.from(JSON.stringify([device, generation, writer])).toString("base64url")}`;
}

export function parseOperationId(id: string): OperationName | undefined {
  if (!/^op_[\w-]{4,600}$/.test(id)) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(id.slice(3), "base64url").toString("utf8"));
    if (!Array.isArray(parsed) || parsed.length !== 3) return undefined;
    const [device, generation, writer] = parsed as unknown[];
    if (!isNumber(device) || !isNumber(generation) || typeof writer !== "string") return undefined;
    return /[\u0000-\u001f]|\p{Surrogate}/u.test(writer)
      ? undefined
      : { device, generation, writer };
  } catch {
    return undefined;
  }
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
}

/** What the state of the device says of a change that is neither proven nor superseded. */
const BY_STATE: { readonly [S in State]: OperationStatus } = {
  quarantined: "waiting",
  held: "waiting",
  unmapped: "failed",
  failed: "failed",
  offline: "waiting",
  applying: "running",
  drifted: "queued",
  queued: "queued",
  unknown: "queued",
  unverified: "running",
  converged: "queued",
  adopting: "waiting",
  unmanaged: "queued",
};

/** Pure. A refusal counts only when it was said by a pass that knew of the change. */
export function statusOf(view: OperationView): OperationStatus {
  if (view.provenAt !== null) return "done";
  if (view.supersededBy !== null) return "superseded";
  const status = BY_STATE[view.device.state];
  return status === "failed" && !view.judged ? "queued" : status;
}

/** Nothing more happens to it by itself. */
export function isOver({ status }: Operation): boolean {
  return status === "done" || status === "failed" || status === "superseded";
}

export function operationsOf(deps: {
  readonly store: FleetStore;
  readonly clock: Clock;
  readonly shuttingDown: () => boolean;
}): Operations {
  const { store, clock, shuttingDown } = deps;

  async function find(id: string, caller: Caller): Promise<Operation | null> {
    demand(caller, "devices:read", ...Object.values(FIELD_SCOPES));
    const name = parseOperationId(id);
    const view = name === undefined ? null : await store.operation(name);
    return view === null ? null : { ...view, id, status: statusOf(view) };
  }

  return {
    async get(id, caller) {
      const operation = await find(id, caller);
      if (operation !== null) return operation;
      const message = "there is no such operation; a change names its own in Location";
      throw new AppError("not_found", message);
    },
    async settled(id, caller, ms) {
      const until = clock.monotonicMs() + ms;
      for (let pause: number = LOOK_MS.first; ; pause = Math.min(LOOK_MS.most, pause * 2)) {
        const operation = await find(id, caller);
        if (operation === null) return null;
        const left = until - clock.monotonicMs();
        if (isOver(operation) || left <= 0 || shuttingDown()) return operation;
        await clock.sleep(Math.min(pause, left));
      }
    },
  };
}
