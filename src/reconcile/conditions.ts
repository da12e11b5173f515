/** Conditions: the same ending as a state, said aspect by aspect, each with the time at which it last turned. */
import type { DeviceStatus } from "../model/records.ts";
import { REASONS, setCondition, type Condition, type Reason, type State } from "../model/status.ts";

/** Null: this pass did not find it out. */
interface Said {
  readonly state: State;
  readonly reason: Reason;
  readonly message: string;
  readonly reachable: boolean | null;
  readonly mapped: boolean | null;
}

interface ConditionFacts {
  readonly before: Pick<DeviceStatus, "conditions">;
  readonly workGen: number;
  readonly revocationOwed: boolean;
  readonly now: Date;
}

/** States in which nobody looked, so that nothing is said of what the device holds (I5). */
const UNSEEN: readonly State[] = ["held", "offline", "unknown", "unverified"];

/** The conditions after a pass: what it found out is said anew, what it could not find out stays as it was. */
export function conditionsAfter(draft: Said, facts: ConditionFacts): Condition[] {
  const at = facts.now.toISOString();
  const { reason, message } = draft;
  const generation = facts.workGen;
  const say = (
    list: readonly Condition[],
    type: Condition["type"],
    status: Condition["status"],
    because: Reason = reason,
    words = message,
  ): Condition[] =>
    setCondition(list, { type, status, reason: because, message: words, generation }, at);
  const unseen = UNSEEN.includes(draft.state) || draft.reachable === false;
  let list = say(
    facts.before.conditions,
    "Converged",
    draft.state === "converged" ? "true" : unseen ? "unknown" : "false",
  );
  if (draft.reachable !== null) list = say(list, "Reachable", draft.reachable ? "true" : "false");
  if (draft.mapped !== null) list = say(list, "Mapped", draft.mapped ? "true" : "false");
  const holding = (type: "Held" | "Quarantined", holds: boolean): Condition[] =>
    holds ? say(list, type, "true") : say(list, type, "false", "Released", REASONS.Released);
  list = holding("Held", draft.state === "held");
  list = holding("Quarantined", draft.state === "quarantined");
  const owed = facts.revocationOwed;
  const had = list.some((condition) => condition.type === "RevocationOwed");
  if (owed || had) {
    const because = owed ? "RevocationOwed" : "RevocationProven";
    list = say(
      list,
      "RevocationOwed",
      owed ? "true" : "false",
      because,
      owed ? "not proven gone from the CPE" : "gone",
    );
  }
  return list;
}
