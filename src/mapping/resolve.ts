/** Mappers of combinations of maps, made once for each combination: a fleet of thousands has a handful of them. */
import type { Problem } from "../lib/errors.ts";
import { compileMap } from "./compile.ts";
import { implies } from "./fit.ts";
import { stackOf, type Candidate, type Stack } from "./layers.ts";
import type { Mapper } from "./mapper.ts";

export interface Resolved {
  readonly stack: Stack;
  /** Null where something is wrong with it. */
  readonly mapper: () => Mapper | null;
  readonly problems: readonly Problem[];
}

export interface Resolver {
  readonly candidates: readonly Candidate[];
  /** @param combination in the order of the candidates */
  resolve(combination: readonly Candidate[]): Resolved;
}

export function resolverOf(candidates: readonly Candidate[]): Resolver {
  const known = new Map<string, Resolved>();
  return {
    candidates,
    resolve(combination) {
      const key = combination.map(({ index }) => index).join(" ");
      const found = known.get(key);
      if (found !== undefined) return found;
      const stack = stackOf(combination);
      const { make, problems } = compileMap(stack);
      let made: Mapper | null = null;
      const resolved = { stack, problems, mapper: () => (made ??= make?.() ?? null) };
      known.set(key, resolved);
      return resolved;
    },
  };
}

/** The maps that every device has which fits this one: what can be said of it without knowing more. */
export function impliedBy(one: Candidate, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter((other) => other === one || implies(one.matcher, other.matcher));
}
