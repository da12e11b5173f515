/**
 * Whether connection requests get through to a CPE. One that did not says little: a CPE without power and a CPE behind NAT
 * look the same. One that went on to inform while they did not is behind NAT, or as good as that.
 */
import { UNLEARNT, type DeviceReach } from "../model/records.ts";

/** What this pass saw: whether a connection request got through, and the last contact by the ACS's clock. */
interface Knock {
  readonly reached: boolean;
  readonly contactAt: Date | null;
}

/** So often it is tried whether a CPE behind NAT has become reachable. */
const TRIED_AGAIN_MS = 24 * 60 * 60_000;

export function learnReach(before: DeviceReach, knock: Knock, now: Date): DeviceReach {
  if (knock.reached) {
    return before.kind === "push" && before.missedAt === null
      ? before
      : { ...UNLEARNT, since: now };
  }
  if (before.kind === "pull") return { ...before, since: now };
  const { contactAt } = knock;
  if (contactAt === null) return before;
  if (before.missedAt === null) return { ...before, missedAt: contactAt };
  if (contactAt.getTime() <= before.missedAt.getTime()) return before;
  return { kind: "pull", since: now, missedAt: before.missedAt, asked: null };
}

/** Is it to be knocked at? Never while something waits for its Inform: a new task would take the place of that. */
export function mayKnock(reach: DeviceReach, waits: boolean, now: Date): boolean {
  if (reach.kind === "push") return true;
  return !waits && now.getTime() - (reach.since?.getTime() ?? 0) >= TRIED_AGAIN_MS;
}
