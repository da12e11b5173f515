/** The names of a read: what is asked, and what of an answer was asked for. Pure. */
import type { ParameterPath } from "../model/parameter.ts";

/** A name is asked for by itself or by a subtree, which ends in a dot. */
export function isAsked(name: ParameterPath, asked: Iterable<ParameterPath>): boolean {
  for (const one of asked) {
    if (name === one || (one.endsWith(".") && name.startsWith(one))) return true;
  }
  return false;
}

/** The names of a read with the one that proves the device, once. */
export function namesToAsk(
  names: readonly ParameterPath[],
  identityPath: ParameterPath,
): readonly ParameterPath[] {
  const asked = [...new Set(names)];
  return isAsked(identityPath, asked) ? asked : [...asked, identityPath];
}
