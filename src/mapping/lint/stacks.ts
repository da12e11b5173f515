/**
 * What has to be looked at so that every map of a set is seen as devices meet it: each map over all that its match
 * implies. A map without a match is seen in those that extend it, which may declare what it needs; alone only where none
 * does.
 */
import type { Stack } from "../layers.ts";
import { SECTIONS } from "../map-text.ts";
import type { MapSet } from "../mapper.ts";

/** Names of the maps that say something in it. */
function authorsOf(stack: Stack): ReadonlySet<string> {
  const parts = SECTIONS.flatMap((section) => [...stack[section].values()]);
  return new Set([...stack.layers, ...parts.map(({ by }) => by)]);
}

/** @param of only stacks in which one of these maps has a say; without it all */
export function stacksOf(set: Pick<MapSet, "maps" | "stack">, of?: ReadonlySet<string>): Stack[] {
  const isChosen = ({ match }: MapSet["maps"][number]): boolean => Object.keys(match).length > 0;
  const chosen = set.maps.filter(isChosen).flatMap(({ name }) => set.stack(name) ?? []);
  const seen = new Set(chosen.flatMap((stack) => [...authorsOf(stack)]));
  const alone = set.maps.flatMap(({ name }) => (seen.has(name) ? [] : (set.stack(name) ?? [])));
  return [...chosen, ...alone].filter(
    (stack) => of === undefined || [...authorsOf(stack)].some((name) => of.has(name)),
  );
}
