/** What failed on a device, by signature, so that nothing is tried a third time in the same way (I15). */
import type { Ending } from "../model/conclusion.ts";
import type { FieldName } from "../model/fields/index.ts";
import type { DeviceStatus } from "../model/records.ts";
import type { Settled } from "./verify.ts";

/** How one failed operation is recognised when it fails again. */
export function failureSignature(fields: readonly FieldName[], how: string): string {
  return `${[...fields].sort().join("+")}:${how}`;
}

const FAILURES_ALLOWED = 2;

/** The operation of this plan that has already failed as often as it may. */
export function exhausted(
  fields: readonly FieldName[],
  failures: DeviceStatus["failures"],
): string | undefined {
  const prefix = failureSignature(fields, "");
  return Object.keys(failures).find(
    (signature) => signature.startsWith(prefix) && (failures[signature] ?? 0) >= FAILURES_ALLOWED,
  );
}

/** Failures are remembered by signature, and forgotten when the field was verified or something else is wanted. */
export function failuresAfter(
  ending: Ending,
  before: Pick<DeviceStatus, "generation" | "failures">,
  generation: string,
  settled: readonly Settled[],
): Record<string, number> {
  const kept = before.generation === generation ? { ...before.failures } : {};
  const proven = settled
    .filter((entry) => entry.verdict === "verified")
    .map((entry) => entry.fields);
  for (const fields of proven) {
    for (const signature of Object.keys(kept)) {
      if (signature.startsWith(failureSignature(fields, "")))
        Reflect.deleteProperty(kept, signature);
    }
  }
  if (ending.kind === "refused") {
    const signature = failureSignature(ending.fields, ending.how);
    kept[signature] = (kept[signature] ?? 0) + 1;
  }
  return kept;
}
