/** From a resolved map to a `Mapper`. All that can be wrong is found here; afterwards nothing is thrown. */
import type { Problem } from "../lib/errors.ts";
import { hashValue } from "../lib/hash.ts";
import type { Observation } from "../model/logical.ts";
import type { Snapshot } from "../model/parameter.ts";
import { compileBindings } from "./bound.ts";
import { refused } from "./codecs/codec.ts";
import { compileAnchors } from "./compile-anchors.ts";
import { evidenceOf } from "./evidence.ts";
import { factsOf, FACT_LOGICALS, SERIAL } from "./facts.ts";
import { getBound, putBound } from "./get-put.ts";
import type { MapText } from "./map.ts";
import type { Mapper, ResolvedMap } from "./mapper.ts";
import { printTemplate } from "./path.ts";
import { viewOf } from "./snapshot-view.ts";
import type { View } from "./view.ts";
import { wantedNames } from "./wanted.ts";

export function compileMap(map: MapText): { mapper?: Mapper; problems: Problem[] } {
  const problems: Problem[] = [];
  const anchors = compileAnchors(map.anchors, problems);
  const bounds = compileBindings(map, problems);
  const serial = bounds.get(SERIAL)?.lens.needs[0];
  if (serial?.kind !== "path" || serial.path.anchor !== null) {
    const message = `has to bind ${SERIAL} to one full path: it proves which device answered`;
    problems.push({ file: map.file, pointer: "/spec/bind", code: "no_identity", message });
    return { problems };
  }
  if (problems.length > 0) return { problems };

  // A snapshot never changes, so all that is decoded from one shares its rows and anchors.
  const views = new WeakMap<Snapshot, View>();
  const view = (snapshot: Snapshot): View => {
    const known = views.get(snapshot) ?? viewOf(snapshot, anchors);
    views.set(snapshot, known);
    return known;
  };
  const needsOf = (logicals: readonly string[]) =>
    logicals.flatMap((logical) => bounds.get(logical)?.lens.needs ?? []);
  const unbound = (logical: string): string => `the map ${map.name} does not bind ${logical}`;
  const get = (logical: string, snapshot: Snapshot): Observation => {
    const bound = bounds.get(logical);
    return bound === undefined
      ? { kind: "absent", path: "", detail: unbound(logical) }
      : getBound(bound, view(snapshot));
  };

  const resolved: ResolvedMap = {
    layer: map.layer,
    match: map.match,
    declares: map.declares,
    anchors: Object.fromEntries([...map.anchors].map(([name, { value }]) => [name, value])),
    bind: Object.fromEntries([...map.bind].map(([name, placed]) => [name, placed?.value ?? null])),
  };
  const mapper: Mapper = {
    name: map.name,
    layers: [map.name],
    general: false,
    resolved,
    hash: hashValue(resolved),
    identityPath: printTemplate(serial.path),
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
  return { mapper, problems };
}
