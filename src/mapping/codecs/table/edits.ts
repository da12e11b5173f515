/** The small writes of which a table's plan is made. */
import { saysLiteral, literalText, type Literal } from "../../literal.ts";
import type { Operation } from "../../../model/parameter.ts";
import type { PutResult } from "../../mapper.ts";
import type { View } from "../../view.ts";
import { NO_EDITS, refused, setText } from "../codec.ts";

/** No edit where it says so already. */
export function writeLiteral(path: string, value: Literal, view: View): PutResult {
  const state = view.state(path);
  if (state.kind === "text")
    return saysLiteral(value, state.text) ? NO_EDITS : setText(path, literalText(value));
  return refused(state.kind === "absent" ? "absent" : "unread", path, "a row is not whole");
}

/** Calls one behind another; the first refusal refuses all. */
export function inOrder(results: readonly PutResult[]): PutResult {
  const calls: Operation[] = [];
  for (const result of results) {
    if (result.kind === "refused") return result;
    calls.push(...result.calls);
  }
  return { kind: "edits", calls };
}
