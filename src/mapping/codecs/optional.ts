/**
 * `optional`: nothing is a value (an untagged VLAN, no lock), in the spelling of the device. Two ways, alone or together:
 *
 *   none: {set: {$vlan.Enable: false}}, some: {set: {$vlan.Enable: true}}      a switch beside the value
 *   none: {write: {$vlan.VLANID: 0}, values: [-1, 4294967295]}                 texts of the value's own parameter
 *
 * Read in this order: all of `none.set` hold, then nothing, whatever value is left over; all parameters of `none.write`
 * hold one of `values`, then nothing; all of `some.set` hold, then the value. Without `set` what `write` says means
 * nothing too, otherwise only what `values` says does. A switch in neither position is foreign; switches that contradict
 * each other are nonconforming.
 *
 * Everything is written in one call, and only what differs. A value that would be read as nothing is refused.
 */
import { z } from "zod";
import {
  companionsSchema,
  literalSchema,
  literalsMeet,
  literalText,
  saysLiteral,
  type Literal,
} from "../literal.ts";
import { afterCalls, type NotFound, type View } from "../view.ts";
import {
  putChanged,
  refused,
  refusedAs,
  said,
  together,
  type Got,
  type Lens,
  type Step,
} from "./codec.ts";
import {
  companionsOf,
  hold,
  isOwn,
  judge,
  needsOf,
  refuseOwn,
  samePath,
  type Companion,
  type Judged,
} from "./companion.ts";

const optionsSchema = z.strictObject({
  none: z
    .strictObject({
      set: companionsSchema.optional().describe("Switches: what they hold when there is nothing."),
      write: companionsSchema
        .optional()
        .describe("Parameters of the value: what is written into them when there is nothing."),
      values: z
        .array(literalSchema)
        .min(1)
        .optional()
        .describe("What a parameter of write may hold and mean nothing."),
    })
    .refine((none) => none.set !== undefined || none.write !== undefined, {
      message: "wants set or write: how is nothing written?",
    })
    .refine((none) => none.values === undefined || none.write !== undefined, {
      message: "values stand in the parameters of write, which is missing",
    })
    .describe("How the device spells nothing."),
  some: z
    .strictObject({
      set: companionsSchema.optional().describe("Switches: what they hold when there is a value."),
    })
    .optional()
    .describe("What else it holds when there is a value."),
});
type Options = z.infer<typeof optionsSchema>;

interface Spelling {
  readonly off: readonly Companion[];
  readonly blank: readonly Companion[];
  /** What means nothing in a parameter of `blank`. */
  readonly meansNothing: (companion: Companion, text: string) => boolean;
  readonly on: readonly Companion[];
}

type State =
  | { readonly kind: "nothing"; readonly paths: readonly string[] }
  | { readonly kind: "something" }
  | { readonly kind: "contradiction"; readonly path: string; readonly detail: string }
  | NotFound;

const isFound = (judged: Judged): judged is Exclude<Judged, NotFound> =>
  judged.kind === "holds" || judged.kind === "differs";

function stateOf({ off, blank, meansNothing, on }: Spelling, view: View): State {
  const offs = off.map((companion) => judge(companion, view));
  const missing = offs.find((judged) => !isFound(judged));
  if (missing !== undefined && !isFound(missing)) return missing;
  if (offs.length > 0 && offs.every(({ kind }) => kind === "holds"))
    return { kind: "nothing", paths: offs.map(({ path }) => path) };

  const blanks = blank.map((companion) => ({ companion, judged: judge(companion, view) }));
  const told = blanks.flatMap(({ companion, judged }) =>
    isFound(judged) && meansNothing(companion, judged.text) ? [judged.path] : [],
  );
  const hidden = blanks.map(({ judged }) => judged).find((judged) => !isFound(judged));
  if (hidden !== undefined && !isFound(hidden)) return hidden;
  if (told.length > 0 && told.length === blanks.length) return { kind: "nothing", paths: told };

  for (const companion of on) {
    const judged = judge(companion, view);
    if (!isFound(judged)) return judged;
    if (judged.kind === "holds") continue;
    const { path, text } = judged;
    const known = off.some((one) => samePath(one, companion) && saysLiteral(one.want, text));
    return known
      ? { kind: "contradiction", path, detail: "says nothing, and another switch does not" }
      : { kind: "foreign", path, detail: "says neither nothing nor something" };
  }
  return { kind: "something" };
}

/** The two states have to be told apart by something that both set, or that the value itself overwrites. */
function refuseBlurred(spelling: Spelling, rest: Lens, problem: (at: string) => void): void {
  const { off, blank, on, meansNothing } = spelling;
  const differs = (one: Companion): boolean =>
    on.some((other) => samePath(one, other) && !literalsMeet(one.want, other.want));
  if (off.length > 0 && !off.some(differs)) problem("/none/set");
  const read = blank.filter((one) => meansNothing(one, literalText(one.want)));
  if (read.length > 0 && !read.some((one) => isOwn(one, rest) || differs(one)))
    problem("/none/write");
}

export const optional: Step<Options> = {
  name: "optional",
  meaning: "a value or nothing, in the spelling of the device",
  shape: "wrap",
  options: () => optionsSchema,
  build({ none, some }, rest, context, pointer) {
    const off = companionsOf(none.set, context, `${pointer}/none/set`);
    const blank = companionsOf(none.write, context, `${pointer}/none/write`);
    const on = companionsOf(some?.set, context, `${pointer}/some/set`);
    refuseOwn(off, rest, context, `${pointer}/none/set`);
    refuseOwn(on, rest, context, `${pointer}/some/set`);
    const values: readonly Literal[] = none.values ?? [];
    const spelling: Spelling = {
      off,
      blank,
      on,
      meansNothing: ({ want }, text) =>
        values.some((value) => saysLiteral(value, text)) ||
        (off.length === 0 && saysLiteral(want, text)),
    };
    refuseBlurred(spelling, rest, (place) => {
      const message = "nothing and something could not be told apart: some.set has to differ in it";
      context.problem(pointer + place, message);
    });
    return {
      needs: [...rest.needs, ...needsOf([...off, ...blank, ...on])],
      place: rest.place,
      normal: (value, view) => (value === null ? said(null) : rest.normal(value, view)),
      get(view): Got {
        const state = stateOf(spelling, view);
        if (state.kind === "nothing") return { kind: "value", value: null, paths: state.paths };
        if (state.kind === "something") return rest.get(view);
        if (state.kind !== "contradiction") return state;
        const got = rest.get(view);
        return got.kind === "value" ? { ...state, kind: "nonconforming", value: got.value } : got;
      },
      put(value, view) {
        if (value === null) return together([...off, ...blank].map((one) => hold(one, view)));
        const result = together([
          putChanged(rest, value, view),
          ...on.map((companion) => hold(companion, view)),
        ]);
        if (result.kind === "refused") return result;
        const after = stateOf(spelling, afterCalls(view, result.calls));
        if (after.kind === "nothing")
          return refused("domain", rest.place, "is how this device says nothing");
        return after.kind === "something" || after.kind === "contradiction"
          ? result
          : refusedAs(after);
      },
    };
  },
};
