/** What is in force, as plain data: what the content address is of, and what tools look into. */
import type { Stack } from "./layers.ts";
import type { Placed } from "./map-text.ts";
import type { ResolvedMap } from "./mapper.ts";

export function contentOf(stack: Stack): ResolvedMap {
  const values = <T>(parts: ReadonlyMap<string, Placed<T>>): Readonly<Record<string, T>> =>
    Object.fromEntries([...parts].map(([name, { value }]) => [name, value]));
  return {
    general: stack.general,
    declares: values(stack.declares),
    anchors: values(stack.anchors),
    bind: values(stack.bind),
    actions: values(stack.actions),
  };
}
