/** What keeps a correction from being sent that the device itself would take: stops of writes, and somebody else's credential. */
import type { Ending } from "../model/conclusion.ts";
import type { Credential } from "../model/logical.ts";
import { contentsOf } from "../model/effective.ts";
import type { Assessment, Step } from "../model/plan.ts";
import type { SettledUnder } from "../model/records.ts";
import { shownCredential } from "../fraud/sighting.ts";
import { causeOf } from "../reconcile/cause.ts";
import type { Deps } from "./deps.ts";
import type { Seen } from "./observe.ts";
import type { Pass } from "./pass.ts";

/** A person has looked, and wants the credential that the device shows to be overwritten. */
const OVERWRITE = { label: "credential-of-another", value: "overwrite" } as const;

/** Under what this pass goes on. */
export function settledUnderOf(pass: Pass, seen: Pick<Seen, "mapper">, deps: Deps): SettledUnder {
  const fields = contentsOf(pass.effective);
  return { fields, mapHash: seen.mapper.hash, release: deps.release };
}

export function causeFor(
  step: Pick<Step, "fields">,
  seen: Pick<Seen, "mapper">,
  pass: Pass,
  deps: Deps,
): string | null {
  return causeOf(step.fields, pass.loaded.status.settledUnder, settledUnderOf(pass, seen, deps));
}

export async function heldBack(
  step: Step,
  assessments: readonly Assessment[],
  seen: Seen,
  pass: Pass,
  deps: Deps,
): Promise<Ending | null> {
  const cause = causeFor(step, seen, pass, deps);
  const stop = pass.loaded.writeStops.find((each) => each.cause === null || each.cause === cause);
  if (stop !== undefined) {
    const reason = stop.cause === null ? "WritesStopped" : "TooManyAlike";
    return { kind: "held", reason, detail: `stopped by ${stop.by}: ${stop.reason}`, assessments };
  }
  const shown = ofAnother(assessments, seen);
  if (shown === null || pass.loaded.record.labels[OVERWRITE.label] === OVERWRITE.value) return null;
  const owner = await deps.store.ownerOf(shown, pass.work.key);
  if (owner === null) return null;
  const name = shown.realm === "" ? shown.user : `${shown.user}@${shown.realm}`;
  const detail =
    `${pass.work.id} shows the credential ${name}, which is wanted of ${owner}: a swap, a mistake or a theft; to ` +
    `overwrite it all the same, give this device the label ${OVERWRITE.label}=${OVERWRITE.value}`;
  return { kind: "held", reason: "CredentialOfAnother", detail, assessments };
}

/** The credential that a write would replace by another one; null where it does not. */
function ofAnother(
  assessments: readonly Assessment[],
  { mapper, snapshot }: Seen,
): Credential | null {
  const drift = assessments.find(
    (entry) => entry.kind === "drift" && entry.field === "credentials",
  );
  if (drift?.kind !== "drift") return null;
  for (const logical of drift.values.keys()) {
    const shown = shownCredential(mapper.get(logical, snapshot));
    if (shown !== null) return shown;
  }
  return null;
}
