/**
 * What failed on a device, by signature, so that nothing is tried a third time in the same way (I15): after two failures of
 * one kind, or three of any kind in a row, nothing is written for a day. What the CPE will never take is not tried twice.
 */
import type { Ending } from "../model/conclusion.ts";
import type { FieldName } from "../model/fields/index.ts";
import { NO_FAULTS, type DeviceStatus, type FaultMemory } from "../model/records.ts";
import { classOf, type FaultClass } from "./faults.ts";
import { LOST, type Loss } from "./losses.ts";
import type { Settled } from "./verify.ts";

const MINUTE = 60_000;
export const QUARANTINE_MS = 24 * 60 * MINUTE;
const FAILURES_ALLOWED = 2;
const ROW_ALLOWED = 3;
/** Until the second try; four times as long for each fault more in the row. */
const PAUSE_MS: { readonly [C in FaultClass]: number | null } = {
  retry: MINUTE,
  wait: 30 * MINUTE,
  stop: null,
};

/** All that is known of failures on a device. */
export type Memory = Pick<DeviceStatus, "failures" | "faults">;

/** How one operation is told from others on any device. */
export function operationOf(fields: readonly FieldName[]): string {
  return [...fields].sort().join("+");
}

/** How one failed operation is recognised when it fails again. */
export function failureSignature(fields: readonly FieldName[], how: string, of?: string): string {
  return `${operationOf(fields)}:${how}${of === undefined ? "" : `@${of}`}`;
}

/** @returns the fields and how it failed */
export function partsOf(signature: string): {
  readonly fields: readonly string[];
  readonly how: string;
} {
  const at = signature.indexOf(":");
  return { fields: signature.slice(0, at).split("+"), how: signature.slice(at + 1) };
}

/** The operation of this plan that has already failed as often as it may. @param of as in the ending that said so */
export function exhausted(
  fields: readonly FieldName[],
  failures: DeviceStatus["failures"],
  of?: string,
): string | undefined {
  const prefix = failureSignature(fields, "");
  return Object.keys(failures).find(
    (signature) =>
      signature.startsWith(prefix) &&
      (of === undefined || signature.endsWith(`@${of}`)) &&
      (failures[signature] ?? 0) >= FAILURES_ALLOWED,
  );
}

/** In quarantine, or due for it when it is back: one that is over leaves room for one more try. */
export function isQuarantined({ faults }: Pick<Memory, "faults">, now: Date): boolean {
  if (faults.operation === null) return false;
  return faults.notBefore === null || now.getTime() < faults.notBefore.getTime();
}

export function inRowTooOften({ faults }: Pick<Memory, "faults">): boolean {
  return faults.notBefore === null && faults.inRow >= ROW_ALLOWED;
}

/** What still counts: with another wish, another map or another firmware there is a reason to try once more. */
export function remembered(
  status: Pick<DeviceStatus, "generation" | "failures" | "faults">,
  generation: string,
  under: string | null,
): Memory {
  const { faults, failures } = status;
  const sameGround = faults.under === null || under === null || faults.under === under;
  if (status.generation === generation && sameGround) return { failures, faults };
  const { judged, freedAt } = faults;
  return { failures: {}, faults: { ...NO_FAULTS, judged, freedAt } };
}

export interface FailureFacts {
  readonly before: Pick<DeviceStatus, "generation" | "failures" | "faults">;
  readonly generation: string;
  /** Map and firmware of now; null: never read. */
  readonly under: string | null;
  readonly settled: readonly Settled[];
  readonly loss: Loss | null;
  readonly now: Date;
}

interface Failed {
  readonly fields: readonly FieldName[];
  readonly how: string;
  readonly of?: string;
}

/** Forgotten with a proof: all of these fields, but that the device was lost, unless a later write is what was proven. */
function forget(
  failures: Record<string, number>,
  right: readonly FieldName[],
  losses: boolean,
): void {
  const names: readonly string[] = right;
  for (const signature of Object.keys(failures)) {
    const { fields, how } = partsOf(signature);
    if (!fields.every((field) => names.includes(field))) continue;
    if (losses || how !== LOST) Reflect.deleteProperty(failures, signature);
  }
}

/** Failures are remembered by signature, and forgotten when the field was verified or something else is wanted. */
export function memoryAfter(ending: Ending, facts: FailureFacts): Memory {
  const { before, settled, loss, now } = facts;
  const { failures, faults } = remembered(before, facts.generation, facts.under);
  const left = { ...failures };
  const proven = settled.filter(({ verdict }) => verdict === "verified");
  for (const { id, fields } of proven) forget(left, fields, id > (faults.judged ?? 0));
  const seen = ending.kind === "settled" ? ending.assessments : [];
  const equal = seen.filter(({ kind }) => kind === "equal").map(({ field }) => field);
  forget(left, equal, false);
  const right = equal.length > 0 && equal.length === seen.length;

  const next: FaultMemory = {
    ...faults,
    ...(proven.length > 0 || right ? { inRow: 0, notBefore: null, operation: null } : {}),
    under: facts.under ?? faults.under,
    judged: loss?.intent ?? faults.judged,
  };
  const failed = failureOf(ending, loss);
  if (failed !== null) return withFailure(failed, { failures: left, faults: next }, now);
  const begins =
    ending.kind === "held" && ending.reason === "RepeatedFailure" && next.notBefore === null;
  if (!begins) return { failures: left, faults: next };
  // It is back from where it was lost: the day counts from here.
  const notBefore = new Date(now.getTime() + QUARANTINE_MS);
  return { failures: left, faults: { ...next, notBefore, operation: next.operation ?? "" } };
}

function failureOf(ending: Ending, loss: Loss | null): Failed | null {
  if (ending.kind === "refused") return ending;
  return loss?.verdict === "lost" ? { fields: loss.fields, how: LOST } : null;
}

function withFailure({ fields, how, of }: Failed, { failures, faults }: Memory, now: Date): Memory {
  const signature = failureSignature(fields, how, of);
  const times = (failures[signature] ?? 0) + 1;
  const inRow = faults.inRow + 1;
  const quarantined = times >= FAILURES_ALLOWED || inRow >= ROW_ALLOWED;
  const pause = PAUSE_MS[classOf(how)];
  const pauseMs = quarantined ? QUARANTINE_MS : pause === null ? null : pause * 4 ** (inRow - 1);
  // One that is lost is away: what it is held for begins when it is back.
  const begins = how !== LOST && pauseMs !== null;
  return {
    failures: { ...failures, [signature]: times },
    faults: {
      ...faults,
      inRow,
      notBefore: begins ? new Date(now.getTime() + pauseMs) : null,
      operation: quarantined ? operationOf(fields) : faults.operation,
    },
  };
}
