/** A device as it is not yet: with a row that is still to be made, or after edits that were not sent. */
import type { Operation } from "../../../model/parameter.ts";
import type { View } from "../../view.ts";

/** What a new row holds is not known: a text that no parameter can hold (XML has no U+0000), so that all is written. */
const UNKNOWN = "\u0000";

function sketch(view: View, textOf: (path: string) => string | undefined): View {
  return {
    ...view,
    state(path) {
      const text = textOf(path);
      return text === undefined ? view.state(path) : { kind: "text", text };
    },
    within: (row) => sketch(view.within(row), textOf),
  };
}

export const withNewRow = (view: View, row: string): View =>
  sketch(view, (path) => (path === row || path.startsWith(`${row}.`) ? UNKNOWN : undefined));

export function afterEdits(view: View, calls: readonly Operation[]): View {
  const texts = new Map<string, string>();
  for (const call of calls) {
    if (call.kind !== "set") continue;
    for (const { path, value } of call.edits)
      if (value.kind === "text") texts.set(path, value.text);
  }
  return sketch(view, (path) => texts.get(path));
}
