/**
 * Order between bindings: who is written first where both are. `before` of the one is `after` of the other. A circle is
 * refused when maps are loaded, with every place that closes it; so is a binding whose partner is not bound.
 */
import type { Problem } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { BindingText } from "./binding.ts";
import { DICTIONARY } from "./dictionary/index.ts";
import type { Placed } from "./map-text.ts";

/** `first` is written before `later`, because the place says so. */
interface Rule {
  readonly first: string;
  readonly later: string;
  readonly file: string;
  readonly pointer: string;
}

type Bindings = ReadonlyMap<string, Placed<BindingText | null>>;

/** @returns for each logical parameter those that have to be written before it, bound ones only */
export function sequenceOf(bind: Bindings, problems: Problem[]): ReadonlyMap<string, string[]> {
  const rules: Rule[] = [];
  for (const [logical, { file, pointer, value }] of bind) {
    for (const [side, names] of [
      ["before", value?.order?.before ?? []],
      ["after", value?.order?.after ?? []],
    ] as const) {
      for (const [index, name] of names.entries()) {
        const place = { file, pointer: `${pointer}/order/${side}/${index}` };
        if (!DICTIONARY.has(name)) problems.push({ ...place, ...unknown(name) });
        const [first, later] = side === "before" ? [logical, name] : [name, logical];
        if (bind.has(first) && bind.has(later)) rules.push({ first, later, ...place });
      }
    }
    for (const [index, name] of (value?.requires ?? []).entries()) {
      const place = { file, pointer: `${pointer}/requires/${index}` };
      if (!DICTIONARY.has(name)) problems.push({ ...place, ...unknown(name) });
      else if (!bind.has(name)) {
        const message = `${logical} requires ${name}, which the map does not bind`;
        problems.push({ ...place, code: "unmet_requirement", message });
      }
    }
  }
  for (const { file, pointer, first, later } of rules.filter((rule) => closesCircle(rule, rules))) {
    const message = `${first} before ${later} closes a circle: each waits for the other`;
    problems.push({ file, pointer, code: "cycle", message });
  }
  const after = new Map<string, string[]>();
  for (const { first, later } of rules)
    after.set(later, [...new Set([...(after.get(later) ?? []), first])].sort());
  return after;
}

const unknown = (name: string): Pick<Problem, "code" | "message"> => ({
  code: "unknown_logical",
  message: `unknown logical parameter "${name}".${didYouMean(name, [...DICTIONARY.keys()])}`,
});

/** Does the later one, by way of other rules, come before the first? */
function closesCircle({ first, later }: Rule, rules: readonly Rule[]): boolean {
  const reached = new Set([later]);
  // A set grows while it is walked.
  for (const name of reached)
    for (const rule of rules) if (rule.first === name) reached.add(rule.later);
  return reached.has(first);
}
