/**
 * What is still believed of secrets that never read back. A new life of the device makes it unknown, which alone causes no
 * write (I6); where that life has also taken values that we had put there and that nobody wants otherwise, the secret went
 * with them, and is written once more.
 */
import { contentsOf, type Effective } from "../model/effective.ts";
import { isNewEpoch, type Epoch } from "../model/epoch.ts";
import type { Assessment } from "../model/plan.ts";
import type { SecretState, SettledUnder } from "../model/records.ts";

type States = ReadonlyMap<string, SecretState>;

/** Of an earlier life. One that is to be written anyway, because something else is wanted by now, stays what it is. */
function doubted(states: States, epoch: Epoch, { fields }: Pick<Effective, "fields">): string[] {
  const wanted = fields.map(({ secretDigest }) => secretDigest);
  return [...states].flatMap(([logical, state]) =>
    wanted.includes(state.digest) && isNewEpoch(state.epoch, epoch) ? [logical] : [],
  );
}

/** Without those that are unknown now: they are found in place, or lost. */
export function believable(
  states: States,
  epoch: Epoch,
  effective: Pick<Effective, "fields">,
): States {
  const unknown = doubted(states, epoch, effective);
  return new Map([...states].filter(([logical]) => !unknown.includes(logical)));
}

/**
 * Logical names of the secrets that a reset has taken along.
 *
 * @param assessments of the first read in that life
 * @param before under what the device last differed in nothing
 */
export function lostSecrets(
  states: States,
  epoch: Epoch,
  effective: Pick<Effective, "fields">,
  assessments: readonly Assessment[],
  before: SettledUnder | null,
): readonly string[] {
  if (before === null) return [];
  const now = contentsOf(effective);
  // What is wanted anew differs without any reset.
  const wentBack = assessments.some(
    ({ kind, field }) => kind === "drift" && before.fields[field] === now[field],
  );
  return wentBack ? doubted(states, epoch, effective) : [];
}
