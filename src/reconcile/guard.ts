/** May this plan run now? Pure; the answer names its reason, and a hold is never an error. */
import type { Mapper } from "../mapping/mapper.ts";
import type { LogicalValues } from "../model/logical.ts";
import type { Snapshot } from "../model/parameter.ts";
import type { Assessment, Plan } from "../model/plan.ts";
import type { CallClass } from "../model/call-class.ts";
import type { Window } from "../model/records.ts";
import type { Reason } from "../model/status.ts";
import { exhausted, inRowTooOften, isQuarantined, partsOf, type Memory } from "./failures.ts";
import { codeOf, faultOf } from "./faults.ts";
import { markOf } from "./firmware.ts";
import { LOST } from "./losses.ts";
import { disturbs, mayDisturb } from "./window.ts";

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
  /** Failures that still count. */
  readonly status: Memory;
  readonly windows: readonly Window[];
  readonly class: CallClass;
  readonly now: Date;
}

export type Verdict =
  | { readonly kind: "go" }
  | {
      readonly kind: "hold";
      readonly reason: Reason;
      readonly detail: string;
      /** When it ends, from now, where somebody knows. */
      readonly untilMs?: number;
    };

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

/** A signature in words, with what its code means. */
function inWords(signature: string): string {
  const { fields, how } = partsOf(signature);
  const code = codeOf(how);
  const what = fields.join(", ");
  if (how === LOST) return `${what}: the device was lost twice after this was written`;
  if (code === undefined) return `${what}: accepted twice, and not to be seen later`;
  return `${what}: refused twice with ${code} (${faultOf(code).meaning})`;
}

/** Whether this device has to be left alone for a while, for what was tried on it (I15). */
function failedBefore({ plan, status, now }: GuardFacts): Verdict | undefined {
  const { failures, faults } = status;
  const { notBefore } = faults;
  const waits = notBefore !== null && now.getTime() < notBefore.getTime();
  const signature = plan.steps
    .map(({ fields, operation }) =>
      exhausted(
        fields,
        failures,
        operation.kind === "download" ? markOf(operation.hop) : undefined,
      ),
    )
    .find((found) => found !== undefined);
  const again = "nothing is written for 24 h, or until a person releases it";
  if (isQuarantined(status, now) || inRowTooOften(status) || (notBefore === null && signature)) {
    const why = signature === undefined ? `${faults.inRow} faults in a row` : inWords(signature);
    return { kind: "hold", reason: "RepeatedFailure", detail: `${why}; ${again}` };
  }
  if (!waits) return undefined;
  const detail = `waits until ${notBefore.toISOString()} before it is tried once more`;
  return { kind: "hold", reason: "BackingOff", detail };
}

export function guard(facts: GuardFacts): Verdict {
  const hold = (reason: Reason, detail: string): Verdict => ({ kind: "hold", reason, detail });
  if (facts.mode === "observe") {
    return hold("ObserveMode", "would be written if the ACS record said mode: write");
  }
  if (!facts.inScope)
    return hold("OutOfScope", "the scope of the ACS record leaves this device out");
  const failed = facts.plan.steps.length > 0 ? failedBefore(facts) : undefined;
  if (failed !== undefined) return failed;
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
  return outsideWindow(facts) ?? { kind: "go" };
}

/** Only of the step that is next: what disturbs nobody before it need not wait with it. */
function outsideWindow({ plan, windows, class: cls, now }: GuardFacts): Verdict | null {
  const [next] = plan.steps;
  if (next === undefined || !disturbs(next.effect)) return null;
  const answer = mayDisturb(windows, cls, now);
  if (answer.kind === "open") return null;
  const { opensAt } = answer;
  const hold = { kind: "hold", reason: "OutsideWindow" } as const;
  if (opensAt === null) return { ...hold, detail: "no window is known in which it may disturb" };
  const untilMs = opensAt.getTime() - now.getTime();
  return { ...hold, detail: `its window opens at ${opensAt.toISOString()}`, untilMs };
}
