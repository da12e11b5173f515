/** One lens out of several, chosen by what the device has; shared by `firstOf` and `cases`. */
import type { Template } from "../path.ts";
import type { NotFound, View } from "../view.ts";
import { refusedAs, unsayable, type Coded, type Lens, type Need } from "./codec.ts";

/**
 * `passedOver`: an earlier lens stands below an anchor that finds no row now. What the device has is read by the later one;
 * it is not written by it, since the row may come back.
 */
export type Choice =
  { readonly kind: "lens"; readonly lens: Lens; readonly passedOver: NotFound | null } | NotFound;

/**
 * @param lenses all that can be chosen
 * @param probes what the choice reads besides
 * @param choose why nothing can be chosen is what get answers then, and why put refuses
 */
export function chosenLens(
  lenses: readonly Lens[],
  probes: readonly Need[],
  choose: (view: View) => Choice,
): Lens {
  return {
    needs: [...probes, ...lenses.flatMap(({ needs }) => needs)],
    place: [...new Set(lenses.map(({ place }) => place))].join(" or "),
    // Where nothing is known of the device yet, a value is refused only if no choice can say it.
    normal(value, view) {
      const choice = choose(view);
      if (choice.kind === "lens") return choice.lens.normal(value, view);
      const all = lenses.map((lens): Coded => lens.normal(value, view));
      return all.find(({ ok }) => ok) ?? all[0] ?? unsayable("is not mapped");
    },
    get(view) {
      const choice = choose(view);
      return choice.kind === "lens" ? choice.lens.get(view) : choice;
    },
    put(value, view) {
      const choice = choose(view);
      if (choice.kind !== "lens") return refusedAs(choice);
      const { lens, passedOver } = choice;
      return passedOver === null ? lens.put(value, view) : refusedAs(passedOver);
    },
  };
}

/** Is the parameter there, or anything below the object? By its name alone: an empty or unreadable value is there. */
export function presence(
  path: Template,
  subtree: boolean,
  view: View,
): { readonly kind: "present" } | NotFound {
  const where = view.place(path);
  if (where.kind !== "path") return where;
  const name = subtree ? `${where.path}.` : where.path;
  const state = view.state(name);
  if (state.kind === "text" || state.kind === "nil" || (subtree && view.holds(name)))
    return { kind: "present" };
  return state.kind === "absent"
    ? { kind: "absent", path: name, detail: "the device has no such parameter" }
    : { kind: "unread", path: name };
}
