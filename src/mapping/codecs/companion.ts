/** A parameter that has to hold a fixed value beside the one that is bound; shared by `also`, `optional` and `order`. */
import { z } from "zod";
import { pointerOf } from "../../lib/schema.ts";
import { saysLiteral, literalSchema, literalText, type Literal } from "../literal.ts";
import type { PutResult } from "../mapper.ts";
import type { Template } from "../path.ts";
import type { View } from "../view.ts";
import { NO_EDITS, refused, setText, type BuildContext, type Need } from "./codec.ts";

export const companionsSchema = z.record(z.string().min(1), literalSchema);
export type CompanionsText = z.infer<typeof companionsSchema>;

export interface Companion {
  readonly path: Template;
  readonly want: Literal;
}

/** A companion that cannot be judged, for the same reasons as a value. */
export type Unjudged =
  | {
      readonly kind: "absent" | "no_instance" | "ambiguous";
      readonly path: string;
      readonly detail: string;
    }
  | { readonly kind: "unread" | "nil"; readonly path: string };
type Judged =
  | { readonly kind: "holds"; readonly path: string }
  | { readonly kind: "differs"; readonly path: string; readonly text: string }
  | Unjudged;

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
  return saysLiteral(want, state.text)
    ? { kind: "holds", path: where.path }
    : { kind: "differs", path: where.path, text: state.text };
}

export const shouldBe = (want: Literal): string =>
  want === "" ? "should be empty" : `should be "${literalText(want)}"`;

/** Writes it where it differs. */
export function hold(companion: Companion, view: View): PutResult {
  const judged = judge(companion, view);
  if (judged.kind === "holds") return NO_EDITS;
  if (judged.kind === "differs") return setText(judged.path, literalText(companion.want));
  switch (judged.kind) {
    case "absent":
    case "no_instance":
      return refused(judged.kind, judged.path, judged.detail);
    case "ambiguous":
      return refused("ambiguous_instance", judged.path, judged.detail);
    case "unread":
    case "nil":
      return refused("unread", judged.path, "was not read");
  }
}
