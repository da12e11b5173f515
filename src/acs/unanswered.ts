/** A call without an answer, as every verb of the port ends then. */
import type { ExchangeResult, NotSent, Unknown } from "../ports/acs.ts";

export function unanswered(
  result: Exclude<ExchangeResult, { readonly kind: "answer" }>,
): Unknown | NotSent {
  if (result.kind === "not_sent") return result;
  const { fault, sent, detail } = result;
  return { kind: "unknown", fault, sent, detail };
}
