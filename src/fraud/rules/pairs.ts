/** Pairs of sessions that ran, or may have run, at once. */
import type { Instant } from "../facts/instant.ts";
import { mayOverlap, overlap, type Overlap } from "../timeline/overlap.ts";
import type { Session } from "../timeline/session.ts";
import type { View } from "../view.ts";

export interface Pair {
  /** The one that began first. */
  readonly a: Session;
  readonly b: Session;
  readonly overlap: Overlap | null;
  /** When it could first be suspected. */
  readonly mayAt: Instant;
}

/** Ascending by start; a pair of which nothing speaks for an overlap is left out. */
export function allPairs(sessions: readonly Session[], view: View): readonly Pair[] {
  const { settings } = view;
  // A NAS whose clock is off may have told either time: look that much further.
  const reach = Math.max(0, ...sessions.map(({ offsetMs }) => -offsetMs)) + 2 * settings.interimMs;
  return sessions.flatMap((a, index) => {
    const until = (a.packets.at(-1)?.at ?? a.startAt) + reach;
    return sessions.slice(index + 1).flatMap((b): Pair[] => {
      if (b.startAt > until) return [];
      const proven = overlap(a, b, settings);
      const mayAt = mayOverlap(a, b, settings) ?? proven?.knownAt ?? null;
      return mayAt === null ? [] : [{ a, b, overlap: proven, mayAt }];
    });
  });
}

/** Another MAC, or another place; a MAC, a NAS or a line that was not told differs from nothing. */
export function differ(a: Session, b: Session): boolean {
  if (a.mac !== null && b.mac !== null && a.mac !== b.mac) return true;
  return a.nas !== b.nas || (a.line !== null && b.line !== null && a.line !== b.line);
}
