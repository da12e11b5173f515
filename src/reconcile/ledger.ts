/**
 * The ledger of what the ACS may still execute, and what a late execution does to belief.
 *
 * A write that was taken, or of which nobody knows whether it was, stays here after its verdict when no read has shown it:
 * something newer is wanted, its time was over, or it holds nothing that reads back. What it would do is compared with
 * what is read from then on: a text by its path, a secret by its digest alone.
 *
 * I6, for a secret that never reads back: a pending write of another secret is no evidence that it was executed, and
 * neither is a boot. Both together are: a CPE that boots, or comes back, opens the session in which its ACS does what
 * waits. Then the wanted secret is written once more, and once only for each such write. A set is done wholly or not at
 * all, so one whose readable part is not to be seen has not been executed, and casts no doubt.
 */
import type { Effective } from "../model/effective.ts";
import type { Snapshot } from "../model/parameter.ts";
import type { Assessment } from "../model/plan.ts";
import type { LateWrite, OpenIntent, StoredEdit } from "../model/records.ts";
import type { IntentVerdict } from "./verify.ts";

/** Nobody tells how long an ACS keeps what it took. A CPE that was away longer is read anyway before it is believed. */
const KEPT_MS = 7 * 24 * 60 * 60_000;
/** The first look behind a write that may still be executed; each later one waits as long again as it has waited by then. */
const FIRST_LOOK_MS = 15 * 60_000;
/** A boot is known to some seconds, as a read takes some: one so close to a write is taken for one before it. */
const SLACK_MS = 5_000;

interface TextEdit {
  readonly path: string;
  readonly text: string;
}

function textsOf(edits: readonly StoredEdit[]): TextEdit[] {
  return edits.flatMap((edit) =>
    "value" in edit && edit.value.kind === "text"
      ? [{ path: edit.path, text: edit.value.text }]
      : [],
  );
}

function secretsOf(edits: readonly StoredEdit[]): { logical: string; digest: string }[] {
  return edits.flatMap((edit) =>
    "value" in edit && edit.value.kind === "secret" && edit.value.digest !== undefined
      ? [{ logical: edit.value.logical, digest: edit.value.digest }]
      : [],
  );
}

/** Does the read show exactly what was to be written? False where a part was not read (I5). True of no text at all. */
function isShown(texts: readonly TextEdit[], snapshot: Snapshot): boolean {
  return texts.every(({ path, text }) => {
    const reading = snapshot.values.get(path);
    return reading?.kind === "value" && reading.text === text;
  });
}

/**
 * How long a write that gets this verdict may still be executed; null: not at all.
 *
 * @param snapshot the read that gave the verdict
 * @param takesBack the ACS leaves nothing behind of a write that did not get to its CPE
 */
export function mayFireMs(
  intent: Pick<OpenIntent, "outcome" | "edits">,
  verdict: IntentVerdict,
  snapshot: Snapshot,
  takesBack: boolean,
): number | null {
  if (intent.outcome === "done" || (intent.outcome === "accepted" && takesBack)) return null;
  const texts = textsOf(intent.edits);
  if (texts.length > 0) return verdict === "verified" || isShown(texts, snapshot) ? null : KEPT_MS;
  // Nothing of it reads back. What was verified by other means than its values (a boot, a row) is done.
  return verdict === "verified" && secretsOf(intent.edits).length === 0 ? null : KEPT_MS;
}

/** The writes that the read shows instead of what is wanted: each the oldest of those that would look the same. */
export function executedLate(
  ledger: readonly LateWrite[],
  assessments: readonly Assessment[],
  snapshot: Snapshot,
): LateWrite[] {
  const found = new Map<string, LateWrite>();
  for (const write of ledger) {
    const texts = textsOf(write.edits);
    if (texts.length === 0 || !isShown(texts, snapshot)) continue;
    const undone = assessments.some(
      (assessment) =>
        assessment.kind === "drift" &&
        write.fields.includes(assessment.field) &&
        overwrites(assessment, texts),
    );
    const key = write.fields.join();
    if (undone && !found.has(key)) found.set(key, write);
  }
  return [...found.values()];
}

/** Would the correction put something else where this write has put its value? */
function overwrites(drift: Extract<Assessment, { kind: "drift" }>, texts: readonly TextEdit[]) {
  const edits = drift.calls.flatMap((call) => (call.kind === "set" ? call.edits : []));
  return edits.some(({ path, value }) =>
    texts.some((each) => each.path === path && value.kind === "text" && value.text !== each.text),
  );
}

/** Says in the difference why it is one. */
export function toldAsLate(
  assessments: readonly Assessment[],
  late: readonly LateWrite[],
): Assessment[] {
  return assessments.map((assessment) => {
    const write = late.find(({ fields }) => fields.includes(assessment.field));
    if (write === undefined || assessment.kind !== "drift") return assessment;
    const { changeId, intendedAt } = write;
    const why = `the ACS executed change ${changeId} of ${intendedAt.toISOString()} late`;
    return { ...assessment, detail: `${assessment.detail}; ${why}` };
  });
}

export interface Doubt {
  /** Writes for whose sake it is doubted. */
  readonly intents: readonly number[];
  /** Secrets that are to be written once more. */
  readonly logicals: readonly string[];
}

/**
 * Secrets that a late execution may have replaced; null when there is no evidence of one.
 *
 * @param back when the device last came back or booted, as far as anybody knows
 */
export function doubtOf(
  ledger: readonly LateWrite[],
  effective: Pick<Effective, "fields">,
  snapshot: Snapshot,
  back: Date | null,
): Doubt | null {
  if (back === null) return null;
  const intents: number[] = [];
  const logicals = new Set<string>();
  for (const write of ledger) {
    if (write.doubted || back.getTime() - SLACK_MS <= write.overwrittenAt.getTime()) continue;
    const wanted = effective.fields.filter(({ name }) => write.fields.includes(name));
    const other = secretsOf(write.edits).filter(({ digest }) =>
      wanted.some(({ secretDigest }) => secretDigest !== null && secretDigest !== digest),
    );
    if (other.length === 0 || !isShown(textsOf(write.edits), snapshot)) continue;
    intents.push(write.id);
    for (const { logical } of other) logicals.add(logical);
  }
  return intents.length === 0 ? null : { intents, logicals: [...logicals] };
}

/**
 * When to look again for what may still be executed and would show in a read; null when there is nothing. The waits
 * double, so that one write costs about ten reads in its week, most of them on its first day.
 */
export function lookAgainMs(
  ledger: readonly Pick<LateWrite, "edits" | "intendedAt">[],
  snapshot: Snapshot,
  now: Date,
): number | null {
  const waits = ledger
    .filter(({ edits }) => {
      const texts = textsOf(edits);
      return texts.length > 0 && !isShown(texts, snapshot);
    })
    .map(({ intendedAt }) => Math.max(FIRST_LOOK_MS, now.getTime() - intendedAt.getTime()));
  return waits.length === 0 ? null : Math.min(...waits);
}
