/** What is asked of one evaluation, with the facts that it is complete for. */
import type { Change } from "../../fraud/evaluate.ts";
import type { Focus } from "../../fraud/rules/rule.ts";
import type { Question } from "./detect.ts";
import { factsApart, factsOf, type Seeds } from "./facts.ts";
import type { PolicyInForce } from "./policy.ts";

/** Secrets and people are on many boxes that have nothing else to do with one another, so no neighbourhood holds all of one. */
export const isApart = ({ kind }: Focus): boolean => kind === "secret" || kind === "actor";

/** Of what shows or has these credentials and MACs. */
export function around(
  seeds: Seeds,
  { listed }: Pick<PolicyInForce, "listed">,
): Omit<Question, "changes"> {
  return {
    facts: (trx, moment) => factsOf(trx, seeds, listed, moment),
    asks: (focus) => !isApart(focus),
  };
}

/** Of one secret, or of one person. */
export function apart(focus: Focus, { listed, people }: PolicyInForce): Question {
  const isSecret = focus.kind === "secret";
  const of = { secrets: isSecret ? [focus.id] : [], people: isSecret ? [] : [focus.id] };
  return {
    facts: (trx, moment) => factsApart(trx, of, listed, moment),
    // Who is no person any more by the policy keeps what was found, as nothing else is known of him.
    asks: () => isSecret || people.includes(focus.id),
    changes: (): readonly Change[] => [{ kind: "due", foci: [focus] }],
  };
}
