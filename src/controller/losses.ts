/** Whether a device that is away was lost by what we wrote last: asked at the end of a pass, and of what is stored alone. */
import type { Ending } from "../model/conclusion.ts";
import { judge, suspectOf, type Loss } from "../reconcile/losses.ts";
import type { Deps } from "./deps.ts";
import { databaseNow, memoryOf, type Pass } from "./pass.ts";

/** Null: nothing is to be judged, or not enough is known yet; a later look at the device asks again. */
export async function lossOf(pass: Pass, ending: Ending, deps: Deps): Promise<Loss | null> {
  if (ending.kind !== "away" || ending.reason === "NotSeenByAcs") return null;
  const { openIntents, status } = pass.loaded;
  const now = databaseNow(pass, deps.clock.monotonicMs());
  const { judged } = memoryOf(pass).faults;
  const suspect = suspectOf(openIntents, judged, now, deps.settings().verifyWithinMs);
  const missed = status.conditions.find(({ type }) => type === "Reachable");
  if (suspect === undefined || missed?.status !== "false") return null;
  const { id, fields, intendedAt } = suspect;
  const around = await deps.store.neighbours(pass.work.key, intendedAt, new Date(missed.since));
  const verdict = judge(around);
  return verdict === "undecided" ? null : { intent: id, fields, verdict };
}
