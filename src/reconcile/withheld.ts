/** Differences that are reported and not corrected, by what is known of earlier tries on this device and on others. */
import type { FieldName } from "../model/fields/index.ts";
import type { Assessment } from "../model/plan.ts";
import type { Corrections, DeviceStatus, ModelBlock } from "../model/records.ts";
import type { Reason } from "../model/status.ts";
import { partsOf } from "./failures.ts";
import { classOf, codeOf, faultOf } from "./faults.ts";

const ATTEMPTS_A_DAY = 6;

function without(
  assessments: readonly Assessment[],
  reason: Reason,
  whyNot: (field: FieldName) => string | undefined,
): readonly Assessment[] {
  return assessments.map((assessment): Assessment => {
    if (assessment.kind !== "drift") return assessment;
    const { field, detail } = assessment;
    const why = whyNot(field);
    if (why === undefined) return assessment;
    return { kind: "cannot", field, reason, detail: `${detail}; ${why}` };
  });
}

/** What ends it when the same request is never taken. */
export const UNTIL_DIFFERENT =
  "not sent again until something else is wanted, its map or firmware changes, or a person releases the device";

/** Said of a device whose CPE refused a field for good. @param failures that still count */
export function withoutStopped(
  assessments: readonly Assessment[],
  failures: DeviceStatus["failures"],
): readonly Assessment[] {
  const stopped = Object.keys(failures)
    .map(partsOf)
    .filter(({ how }) => classOf(how) === "stop");
  if (stopped.length === 0) return assessments;
  return without(assessments, "WriteRejected", (field) => {
    const code = codeOf(stopped.find(({ fields }) => fields.includes(field))?.how ?? "");
    if (code === undefined) return undefined;
    return `refused with ${code}: ${faultOf(code).meaning}; ${UNTIL_DIFFERENT}`;
  });
}

/** @param ground the map and the firmware by which the device was read */
export function withoutBlocked(
  assessments: readonly Assessment[],
  blocks: readonly ModelBlock[],
  ground: Pick<ModelBlock, "mapHash" | "firmware">,
): readonly Assessment[] {
  const here = blocks.filter(
    ({ mapHash, firmware }) => mapHash === ground.mapHash && firmware === ground.firmware,
  );
  if (here.length === 0) return assessments;
  return without(assessments, "BlockedForModel", (field) => {
    const block = here.find(({ operation }) => operation.split("+").includes(field));
    if (block === undefined) return undefined;
    return (
      `${block.devices.join(", ")} went into quarantine after the same on this model; nobody else of it is written until ` +
      `a person releases the model (plumb release --model), or its map or firmware changes`
    );
  });
}

/** @param attempts passes of the last 24 h that wrote a field, whatever came of them */
export function withoutSpent(
  assessments: readonly Assessment[],
  attempts: readonly Corrections[],
  generation: string,
): readonly Assessment[] {
  const spent = new Set(
    attempts
      .filter((entry) => entry.generation === generation && entry.times >= ATTEMPTS_A_DAY)
      .map(({ field }) => field),
  );
  if (spent.size === 0) return assessments;
  return without(assessments, "AttemptsSpent", (field) =>
    spent.has(field)
      ? `written in ${ATTEMPTS_A_DAY} passes within 24 h and not right; tried again when a day is over`
      : undefined,
  );
}
