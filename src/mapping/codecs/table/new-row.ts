import type { View } from "../../view.ts";

/** A text that no parameter can hold (XML has no U+0000): nothing equals it, so that everything is written. */
const UNKNOWN = "\u0000";

/** The device with a row that is still to be made: its parameters are there, and what they hold is not known. */
export function withNewRow(view: View, row: string): View {
  return {
    ...view,
    state: (path) =>
      path === row || path.startsWith(`${row}.`)
        ? { kind: "text", text: UNKNOWN }
        : view.state(path),
    within: (inner) => withNewRow(view.within(inner), row),
  };
}
