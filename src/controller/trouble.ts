/** Answers that cannot be used: noticed once, wherever they turn up, and turned into the end of a pass. */
import type { Ending } from "../model/conclusion.ts";
import type { Reason } from "../model/status.ts";
import type { AnswerFault, NotSent, Refused, Unknown } from "../ports/acs.ts";
import type { Deps } from "./deps.ts";
import type { Pass } from "./pass.ts";

/** Faults that say that answers are being handed to the wrong caller. */
const ASTRAY: ReadonlySet<AnswerFault> = new Set<AnswerFault>([
  "wrong_type",
  "wrong_device",
  "wrong_names",
  "incomplete",
]);

const HELD_BACK: { readonly [R in NotSent["reason"]]: Reason } = {
  lease_lost: "LeaseLost",
  observe: "ObserveMode",
  out_of_scope: "OutOfScope",
  stopped: "Stopped",
  breaker_open: "AcsNotAnswering",
};

/** Nobody answered, as against: somebody answered something else. */
function isSilence(fault: AnswerFault): boolean {
  return fault === "timeout" || fault === "connection";
}

/** Counts it, shows it to Sentry by its class, and doubts whoever was asked at the same time (I2). */
export async function notice(
  unknown: Unknown,
  pass: Pass,
  deps: Deps,
  doing: string,
): Promise<void> {
  if (isSilence(unknown.fault)) return;
  deps.fault(unknown.fault, pass.changeId, unknown.detail);
  const { acs, id: device } = pass.work;
  deps.telemetry.capture({
    message: `the ACS answered ${doing} with something else: ${unknown.fault}`,
    fingerprint: ["acs", unknown.fault, doing],
    level: "warning",
    tags: { acs, device, operation: doing, changeId: pass.changeId },
  });
  if (ASTRAY.has(unknown.fault))
    await deps.astray(device, `${unknown.fault} to ${doing} for ${device}`);
}

/** From a result that carries no knowledge of the device to the end of the pass. */
export async function endingOf(
  result: Refused | Unknown | NotSent,
  pass: Pass,
  deps: Deps,
  doing: string,
): Promise<Ending> {
  switch (result.kind) {
    case "not_sent": {
      const reason = HELD_BACK[result.reason];
      return result.reason === "observe" || result.reason === "out_of_scope"
        ? { kind: "held", reason, detail: result.detail, assessments: [] }
        : { kind: "released", reason, detail: result.detail };
    }
    case "refused": {
      const detail = `the ACS refused ${doing} with ${result.code}: ${result.text}`;
      return { kind: "away", reason: "NotSeenByAcs", detail };
    }
    case "unknown": {
      await notice(result, pass, deps, doing);
      const reason = isSilence(result.fault) ? "AcsNotAnswering" : "WrongAnswer";
      return { kind: "trouble", reason, detail: `${doing}: ${result.fault}, ${result.detail}` };
    }
  }
}
