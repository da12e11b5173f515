/** A parameter that has to hold a fixed value beside the one that is bound; shared by `also`, `optional` and `order`. */
import { pointerOf } from "../../lib/schema.ts";
import { literalText, saysLiteral, type CompanionsText, type Literal } from "../literal.ts";
import type { PutResult } from "../mapper.ts";
import { printTemplate, type Template } from "../path.ts";
import type { NotFound, View } from "../view.ts";
import { NO_EDITS, refusedAs, setText, type BuildContext, type Lens, type Need } from "./codec.ts";

export interface Companion {
  readonly path: Template;
  readonly want: Literal;
}

export type Judged =
  | { readonly kind: "holds"; readonly path: string; readonly text: string }
  | { readonly kind: "differs"; readonly path: string; readonly text: string }
  | NotFound;

export function companionsOf(
  given: CompanionsText | undefined,
  context: Pick<BuildContext, "path">,
  pointer: string,
): Companion[] {
  return Object.entries(given ?? {}).map(([text, want]) => ({
    path: context.path(text, pointer + pointerOf([text])),
    want,
  }));
}

export const needsOf = (companions: readonly Companion[]): Need[] =>
  companions.map(({ path }) => ({ kind: "path", path }));

export function judge({ path, want }: Companion, view: View): Judged {
  const where = view.place(path);
  if (where.kind !== "path") return where;
  const state = view.state(where.path);
  if (state.kind === "absent")
    return { kind: "absent", path: where.path, detail: "a companion is missing" };
  if (state.kind !== "text") return { kind: state.kind, path: where.path };
  const kind = saysLiteral(want, state.text) ? "holds" : "differs";
  return { kind, path: where.path, text: state.text };
}

export const shouldBe = (want: Literal): string =>
  want === "" ? "should be empty" : `should be "${literalText(want)}"`;

/** Writes it where it differs. */
export function hold(companion: Companion, view: View): PutResult {
  const judged = judge(companion, view);
  if (judged.kind === "holds") return NO_EDITS;
  return judged.kind === "differs"
    ? setText(judged.path, literalText(companion.want))
    : refusedAs(judged);
}

export const samePath = (a: Companion, b: Companion): boolean =>
  printTemplate(a.path) === printTemplate(b.path);

/** Is this parameter also where the value itself stands? */
export const isOwn = ({ path }: Companion, lens: Lens): boolean =>
  lens.needs.some(
    (need) =>
      need.kind === "path" &&
      need.probe === undefined &&
      printTemplate(need.path) === printTemplate(path),
  );

/** A companion may not be the value itself: the two would be written against each other. */
export function refuseOwn(
  companions: readonly Companion[],
  lens: Lens,
  context: BuildContext,
  pointer: string,
): void {
  for (const companion of companions.filter((one) => isOwn(one, lens))) {
    const path = printTemplate(companion.path);
    context.problem(pointer + pointerOf([path]), `"${path}" is where the value itself stands`);
  }
}
