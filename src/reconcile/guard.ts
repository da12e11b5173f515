/** May this plan run now? Pure; the answer names its reason, and a hold is never an error. */
import type { Mapper } from "../mapping/mapper.ts";
import type { LogicalValues } from "../model/logical.ts";
import type { Snapshot } from "../model/parameter.ts";
import type { Assessment, Plan } from "../model/plan.ts";
import type { DeviceStatus } from "../model/records.ts";
import type { Reason } from "../model/status.ts";
import { exhausted } from "./failures.ts";

/** `ours`: this device is the one that proves the map; the others of its kind wait. */
export type Proof = "proven" | "ours" | "other" | "nobody";

export interface GuardFacts {
  readonly plan: Plan;
  readonly assessments: readonly Assessment[];
  readonly mapper: Mapper;
  readonly snapshot: Snapshot;
  readonly mode: "observe" | "write";
  readonly inScope: boolean;
  readonly proof: Proof;
  readonly status: Pick<DeviceStatus, "failures">;
}

export type Verdict =
  | { readonly kind: "go" }
  | { readonly kind: "hold"; readonly reason: Reason; readonly detail: string };

/** A scan list without the frequency that the CPE is camped on: it would drop off and might not come back. */
function losesRunningFrequency(values: LogicalValues, facts: GuardFacts): number | undefined {
  if (!facts.mapper.bindings.has("radio.running-frequency")) return undefined;
  const running = facts.mapper.get("radio.running-frequency", facts.snapshot);
  if (running.kind !== "value" || typeof running.value !== "number") return undefined;
  for (const logical of ["radio.scan-list", "radio.channel-plan"]) {
    const wanted = values.get(logical);
    if (!Array.isArray(wanted)) continue;
    const centres = (wanted as readonly (number | { centreKhz: number })[]).map((entry) =>
      typeof entry === "number" ? entry : entry.centreKhz,
    );
    if (!centres.includes(running.value)) return running.value;
  }
  return undefined;
}

export function guard(facts: GuardFacts): Verdict {
  const hold = (reason: Reason, detail: string): Verdict => ({ kind: "hold", reason, detail });
  if (facts.mode === "observe") {
    return hold("ObserveMode", "would be written if the ACS record said mode: write");
  }
  if (!facts.inScope)
    return hold("OutOfScope", "the scope of the ACS record leaves this device out");
  for (const step of facts.plan.steps) {
    const signature = exhausted(step.fields, facts.status.failures);
    if (signature !== undefined) {
      return hold(
        "RepeatedFailure",
        `${signature} failed twice; not tried a third time without a reason to differ`,
      );
    }
  }
  if (facts.proof !== "proven" && facts.proof !== "ours") {
    const who =
      facts.proof === "other"
        ? "another device of this model and firmware is proving the map"
        : "a person has to name the first device: plumb map prove DEVICE";
    return hold("MapUnproven", who);
  }
  for (const assessment of facts.assessments) {
    if (assessment.kind !== "drift") continue;
    const lost = losesRunningFrequency(assessment.values, facts);
    if (lost !== undefined) {
      return hold(
        "RunningFrequencyLost",
        `the CPE runs on ${lost} kHz, which the wanted list lacks: widen the list first, narrow it later`,
      );
    }
  }
  return { kind: "go" };
}
