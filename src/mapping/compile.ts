/** From the maps that fit, laid over one another, to a `Mapper`. All that can be wrong is found here; afterwards nothing is thrown. */
import type { Problem } from "../lib/errors.ts";
import { hashValue } from "../lib/hash.ts";
import type { Observation } from "../model/logical.ts";
import type { Snapshot } from "../model/parameter.ts";
import type { Anchor } from "./anchors.ts";
import { compileBindings, type Bound } from "./bound.ts";
import { refused } from "./codecs/codec.ts";
import { compileAnchors } from "./compile-anchors.ts";
import { evidenceOf } from "./evidence.ts";
import { factsOf, FACT_LOGICALS, SERIAL, SOFTWARE } from "./facts.ts";
import { getBound, putBound } from "./get-put.ts";
import { contentOf } from "./content.ts";
import type { Stack } from "./layers.ts";
import type { Mapper } from "./mapper.ts";
import { printTemplate } from "./path.ts";
import { viewOf } from "./snapshot-view.ts";
import type { View } from "./view.ts";
import { wantedNames } from "./wanted.ts";

/** All that is wrong with it; and the mapper, made where a device gets it and not when a hundred maps are checked. */
export interface Compiled {
  readonly problems: readonly Problem[];
  readonly make: (() => Mapper) | null;
}

export function compileMap(stack: Stack): Compiled {
  const problems: Problem[] = [];
  const anchors = compileAnchors(stack.anchors, problems);
  const bounds = compileBindings(stack, problems);
  const serial = bounds.get(SERIAL)?.lens.needs[0];
  if (serial?.kind !== "path" || serial.path.anchor !== null) {
    const message = stack.bind.has(SERIAL)
      ? `has to bind ${SERIAL} to one full path: it proves which device answered`
      : `nothing binds ${SERIAL}, which proves which device answered; with root in its match the base lies under it`;
    problems.push({ file: stack.file, pointer: "/spec/bind", code: "no_identity", message });
    return { problems, make: null };
  }
  const identityPath = printTemplate(serial.path);
  const make = problems.length > 0 ? null : () => mapperOf(stack, anchors, bounds, identityPath);
  return { problems, make };
}

function mapperOf(
  stack: Stack,
  anchors: ReadonlyMap<string, Anchor>,
  bounds: ReadonlyMap<string, Bound>,
  identityPath: string,
): Mapper {
  // A snapshot never changes, so all that is decoded from one shares its rows and anchors.
  const views = new WeakMap<Snapshot, View>();
  const view = (snapshot: Snapshot): View => {
    const known = views.get(snapshot) ?? viewOf(snapshot, anchors, bounds.get(SOFTWARE)?.lens);
    views.set(snapshot, known);
    return known;
  };
  const needsOf = (logicals: readonly string[]) =>
    logicals.flatMap((logical) => bounds.get(logical)?.lens.needs ?? []);
  const unbound = (logical: string): string => `the map ${stack.name} does not bind ${logical}`;
  const get = (logical: string, snapshot: Snapshot): Observation => {
    const bound = bounds.get(logical);
    return bound === undefined
      ? { kind: "absent", path: "", detail: unbound(logical) }
      : getBound(bound, view(snapshot));
  };

  const resolved = contentOf(stack);
  return {
    name: stack.name,
    layers: stack.layers,
    general: stack.general,
    suggested: stack.suggested,
    nearest: null,
    resolved,
    origin(section, name) {
      const part = stack[section].get(name);
      return part === undefined ? null : { map: part.by, file: part.file, pointer: part.pointer };
    },
    hash: hashValue(resolved),
    identityPath,
    bindings: new Map([...bounds].map(([logical, { binding }]) => [logical, binding])),
    wanted: (logicals, known) =>
      wantedNames(
        needsOf([...new Set([...FACT_LOGICALS, ...logicals])]),
        anchors,
        known === null ? null : view(known),
      ),
    evidence: (logicals, snapshot) => evidenceOf(needsOf(logicals), anchors, view(snapshot)),
    facts: (snapshot) =>
      factsOf(snapshot, (logical) => (bounds.has(logical) ? get(logical, snapshot) : undefined)),
    get,
    put(logical, value, snapshot) {
      const bound = bounds.get(logical);
      return bound === undefined
        ? refused("unbound", "", unbound(logical))
        : putBound(bound, value, view(snapshot));
    },
  };
}
