/** Devices that say the same of themselves get the same answer: a fleet of a million has a few hundred of them. */
import type { DeviceFacts } from "../model/device.ts";
import type { Candidate } from "./layers.ts";
import type { Selection } from "./mapper.ts";

/** Above it everything is forgotten at once: a bound against facts that somebody makes up. */
const MAX_KINDS = 10_000;

export function remembering(
  candidates: readonly Candidate[],
  select: (facts: DeviceFacts) => Selection,
): (facts: DeviceFacts) => Selection {
  // Only what some map asks for can make a difference; serial numbers would make each device a kind of its own.
  const matchers = candidates.map(({ matcher }) => matcher);
  const paths = [...new Set(matchers.flatMap(({ has, lacks }) => [...has, ...lacks]))];
  const serials = new Set(
    matchers.flatMap(({ wanted }) =>
      wanted.flatMap(({ term, texts }) => (term === "serial" ? (texts ?? []) : [])),
    ),
  );
  const known = new Map<string, Selection>();
  return (facts) => {
    const { root, manufacturer, oui, productClass, modelName, presence } = facts;
    const { hardwareVersion, softwareVersion, serial } = facts;
    const named = serial === null ? null : serials.has(serial) ? serial : "";
    const key = JSON.stringify([
      ...[root, manufacturer, oui, productClass, modelName, hardwareVersion, softwareVersion],
      named,
      ...paths.map((path) => presence[path] ?? null),
    ]);
    const selection = known.get(key) ?? select({ ...facts, serial: named });
    if (known.size >= MAX_KINDS) known.clear();
    known.set(key, selection);
    return selection;
  };
}
