/**
 * What the steps of a map see of a device: what is known of a path, which rows a table has, which row an anchor chose.
 * `snapshot-view.ts` makes one from a snapshot.
 */
import type { Operation } from "../model/parameter.ts";
import type { Row, Template } from "./path.ts";
import type { Range } from "./version.ts";

type PathState =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "nil" }
  | { readonly kind: "absent" }
  | { readonly kind: "unread" };

/** No value where one should stand, and why. */
export type NotFound =
  | {
      readonly kind: "absent" | "foreign" | "no_instance" | "ambiguous";
      readonly path: string;
      readonly detail: string;
    }
  | { readonly kind: "unread" | "nil"; readonly path: string };

/** Which row an anchor chose, or why none. */
export type AnchorState =
  /** `via`: the parameters that a walk read on its way. */
  | { readonly kind: "row"; readonly path: string; readonly via: readonly string[] }
  | { readonly kind: "unread"; readonly path: string; readonly via?: readonly string[] }
  | {
      readonly kind: "no_instance";
      readonly path: string;
      readonly detail: string;
      /** What a walk read before it ended nowhere: as much of its result as a row would be. */
      readonly via?: readonly string[];
    }
  | { readonly kind: "ambiguous"; readonly path: string; readonly detail: string };

/** Where a template points on this device: a full path, or why it points nowhere. */
type Place =
  { readonly kind: "path"; readonly path: string } | Exclude<AnchorState, { kind: "row" }>;

/** A template from the root, or why its anchor chose no row. */
type Rooted =
  | { readonly kind: "template"; readonly template: Template }
  | Exclude<AnchorState, { kind: "row" }>;

export interface View {
  /** Does the device run a version of this range? Not known where the scheme cannot read what it runs. */
  runs(range: Range): boolean | NotFound;
  state(path: string): PathState;
  place(template: Template): Place;
  rooted(template: Template): Rooted;
  /** Which row the anchor of this name chose. */
  anchor(name: string): AnchorState;
  /** Rows that the snapshot shows, by instance number; of a template from the root. Complete only where `covers` says so. */
  rows(template: Template): readonly Row[];
  /** Did one answer hold the whole subtree? */
  covers(subtree: string): boolean;
  /** Is anything there at all below the subtree? */
  holds(subtree: string): boolean;
  /** The same view, with `$row` standing for that row. */
  within(row: string): View;
}

/** The same view once these parameters are set. Rows are not added or taken away. */
export function afterCalls(view: View, calls: readonly Operation[]): View {
  const texts = new Map(
    calls.flatMap((call) =>
      call.kind !== "set"
        ? []
        : call.edits.flatMap(({ path, value }) =>
            value.kind === "text" ? [[path, value.text] as const] : [],
          ),
    ),
  );
  return {
    ...view,
    state(path) {
      const text = texts.get(path);
      return text === undefined ? view.state(path) : { kind: "text", text };
    },
    within: (row) => afterCalls(view.within(row), calls),
  };
}
