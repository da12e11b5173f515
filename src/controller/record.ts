/** What a pass found out, put together for the store: one conclusion, one transaction. */
import { normalisedUser } from "../fraud/sighting.ts";
import { spread } from "../lib/hash.ts";
import type { Conclusion, Ending } from "../model/conclusion.ts";
import { modelOf } from "../model/device.ts";
import type { FieldName } from "../model/fields/index.ts";
import type { Assessment } from "../model/plan.ts";
import type { PassRecord, SecretInPlace } from "../ports/engine-store.ts";
import { conclude } from "../reconcile/outcome.ts";
import type { Deps } from "./deps.ts";
import { ledgerFacts } from "./late.ts";
import { lossOf } from "./losses.ts";
import { databaseNow, groundOf, underOf, type Pass } from "./pass.ts";

/** False when the device was not in our hands any more; then nothing was stored. */
export async function record(pass: Pass, ending: Ending, deps: Deps): Promise<boolean> {
  const { loaded, work } = pass;
  const settings = deps.settings();
  const proven = pass.mapProven;
  const revocationsProven = provenGone(pass);
  const now = databaseNow(pass, deps.clock.monotonicMs());
  const conclusion = conclude(ending, {
    before: loaded.status,
    generation: pass.effective.generation,
    workGen: work.gen,
    workClass: pass.class,
    spread: spread(work.id),
    evidenceBudgetMs: settings.evidenceBudgetMs,
    readHours: settings.reads.hours,
    provingReadMs: pass.proving !== null && !proven ? settings.proveAfterMs : null,
    settled: pass.settled,
    informIntervalMs: pass.informIntervalMs,
    under: underOf(pass),
    loss: await lossOf(pass, ending, deps),
    revocationOwed: loaded.record.owedRevocations.length > revocationsProven.length,
    ledger: ledgerFacts(pass, now),
    now,
  });
  const equal = ending.kind === "settled" || ending.kind === "flashing" ? ending.assessments : [];
  return await deps.store.record({
    work,
    lease: deps.lease(),
    generation: pass.effective.generation,
    conclusion,
    evidenceBudgetMs: settings.evidenceBudgetMs,
    observations: pass.observations,
    contact: pass.contact,
    reach: pass.reach,
    verdicts: pass.settled.map(({ id, verdict, mayFireMs = null }) => ({ id, verdict, mayFireMs })),
    executedLate: [...pass.executedLate.keys()],
    firmwareSeen: pass.firmwareSeen,
    believed: believedOf(pass, equal),
    settledUnder: pass.settledUnder,
    equal: equalOf(pass, ending),
    revocationsProven,
    waitsFor: pass.waitsFor,
    mapProven: proven ? pass.proving : null,
    quarantines: quarantineOf(pass, conclusion),
  });
}

/** What the device goes into quarantine for, for the count of its model. */
function quarantineOf(pass: Pass, { quarantines }: Conclusion): PassRecord["quarantines"] {
  const ground = groundOf(pass);
  if (quarantines === null || ground === null) return null;
  const facts = pass.observations.at(-1)?.facts ?? pass.loaded.record.facts;
  return { operation: quarantines, kind: { model: modelOf(facts), ...ground } };
}

/** Fields that are as they are wanted to be, by the last read of this pass, however it ended. */
function equalOf(pass: Pass, ending: Ending): readonly FieldName[] {
  if (!("assessments" in ending)) return [];
  return ending.assessments
    .filter(({ kind, field }) => kind === "equal" && !pass.owing.has(field))
    .map(({ field }) => field);
}

/** Secrets that never read back and were found in place, as far as anybody can tell: assumed, never written by us (I6). */
function believedOf(pass: Pass, assessments: readonly Assessment[]): SecretInPlace[] {
  const { epoch } = pass;
  return assessments.flatMap((assessment) => {
    if (assessment.kind !== "equal") return [];
    const digest = pass.effective.fields.find(
      (field) => field.name === assessment.field,
    )?.secretDigest;
    return digest == null ? [] : assessment.believed.map((logical) => ({ logical, digest, epoch }));
  });
}

/** An ended credential is gone when a read of this pass shows that the CPE now uses another one (I11). */
function provenGone(pass: Pass): { id: number; proof: string }[] {
  const seen = pass.observations.at(-1)?.credentials ?? [];
  if (seen.length === 0) return [];
  return pass.loaded.record.owedRevocations
    .filter(({ username, realm }) => {
      const ended = normalisedUser({ user: username, realm });
      return seen.every(({ normalised }) => normalised !== ended);
    })
    .map(({ id }) => ({ id, proof: "a later read shows another credential on the CPE" }));
}
