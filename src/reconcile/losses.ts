/**
 * Was a device lost by what was written to it? A loss needs evidence for itself: the device stays away for longer than the
 * write takes, and its neighbours do not. Where many of them went at the same time nobody is blamed (I9).
 */
import type { FieldName } from "../model/fields/index.ts";
import type { Neighbours, OpenIntent } from "../model/records.ts";

/** How an operation failed after which the device was gone. */
export const LOST = "lost";

export interface Loss {
  readonly intent: number;
  readonly fields: readonly FieldName[];
  /** `excused`: the neighbours went too; it is never asked again of this write. */
  readonly verdict: "lost" | "excused";
}

/** So many have to show that the site is well; all, where there are fewer. */
const WITNESSES = 5;

/** The last write that the device has not been seen since, for longer than it may take; undefined: none. */
export function suspectOf(
  sent: readonly OpenIntent[],
  judged: number | null,
  now: Date,
  verifyWithinMs: number,
): OpenIntent | undefined {
  const last = sent.findLast(({ outcome }) => outcome !== null);
  if (last === undefined || last.id <= (judged ?? 0)) return undefined;
  const allowedMs = Math.max(verifyWithinMs, last.settleMs);
  return now.getTime() - last.intendedAt.getTime() > allowedMs ? last : undefined;
}

/**
 * `undecided`: too little was seen of its neighbours, and it is asked again later. With half of a site gone, five of it are
 * seen before the first one is missed in 3 of 100 cases.
 */
export function judge({ others, seen, gone }: Neighbours): Loss["verdict"] | "undecided" {
  if (gone >= 2 && gone * 4 > seen + gone) return "excused";
  const enough = others > 0 && seen >= Math.min(WITNESSES, others);
  return enough && gone * 8 <= seen ? "lost" : "undecided";
}
