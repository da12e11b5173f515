/**
 * May what an ACS remembers of a device stand for the read that falls due? Only where it shows that nothing has changed, and
 * is young enough. It never shows a difference that is acted on: that takes a read of the CPE itself. Pure.
 */
import type { Mapper } from "../mapping/mapper.ts";
import { mergeFacts, type DeviceFacts } from "../model/device.ts";
import type { Effective } from "../model/effective.ts";
import { overlay, type ParameterPath, type Snapshot } from "../model/parameter.ts";
import type { SecretState, StoredObservation } from "../model/records.ts";
import { logicalsOf } from "./carriers.ts";
import { diff } from "./diff.ts";

/**
 * It has to put the read off by such a part of what a read is good for. The ACS dates what we had it read a moment later than
 * we do: its memory of our own last read would otherwise stand for a read that somebody has asked for.
 */
const WORTH = 0.1;

export interface RenewalFacts {
  readonly effective: Effective;
  readonly mapper: Mapper;
  /** The last read, through the same map. */
  readonly stored: StoredObservation;
  readonly facts: DeviceFacts;
  readonly secretStates: ReadonlyMap<string, SecretState>;
  /** What was asked for, without the paths of secrets: what an ACS remembers of these is what it wrote. */
  readonly names: readonly ParameterPath[];
  readonly remembered: Snapshot;
  /** When the oldest of it was read, by our clock; not later than it was. */
  readonly readAt: Date;
  readonly now: Date;
  /** So long after a read the next one is due. */
  readonly goodForMs: number;
}

export type Renewal =
  | { readonly kind: "renewed"; readonly snapshot: Snapshot; readonly facts: DeviceFacts }
  /** The read stays due as it was. */
  | {
      readonly kind: "left";
      readonly why: "too_old" | "not_newer" | "incomplete" | "another" | "differs";
    };

const left = (why: Extract<Renewal, { kind: "left" }>["why"]): Renewal => ({ kind: "left", why });

export function renewal(given: RenewalFacts): Renewal {
  const { effective, mapper, stored, secretStates, names, readAt, now, goodForMs } = given;
  if (now.getTime() - readAt.getTime() >= goodForMs) return left("too_old");
  // The last read proved the last write, so what is newer than it is newer than that (I4).
  if (readAt.getTime() - stored.readAt.getTime() < goodForMs * WORTH) return left("not_newer");
  const snapshot = overlay(stored.snapshot, given.remembered);
  const all = new Set([...names, ...wantedNow(mapper, effective, snapshot, names)]);
  if (![...all].every((name) => isAnswered(name, given))) return left("incomplete");
  const facts = mergeFacts(given.facts, mapper.facts(snapshot));
  if (facts.softwareVersion !== given.facts.softwareVersion) return left("another");
  const assessments = diff(effective, mapper, snapshot, secretStates);
  const isEqual = assessments.every((one) => one.kind === "equal" && one.believed.length === 0);
  if (assessments.length === 0 || !isEqual) return left("differs");
  return { kind: "renewed", snapshot, facts };
}

/** Rows that are there now may ask for other names than those that were there at the last read. */
function wantedNow(
  mapper: Mapper,
  effective: Effective,
  snapshot: Snapshot,
  names: readonly ParameterPath[],
): ParameterPath[] {
  const before = new Set(names);
  const secret = new Set(secretPathsOf(mapper, snapshot));
  return mapper
    .wanted(logicalsOf(effective, mapper), snapshot)
    .filter((name) => !before.has(name) && !secret.has(name));
}

/** A name that the CPE said it does not have, and of which the ACS has still heard nothing, is still none. */
function isAnswered(name: ParameterPath, { remembered, stored }: RenewalFacts): boolean {
  const { values, covered } = remembered;
  if (values.has(name) || covered.some((subtree) => name.startsWith(subtree))) return true;
  return stored.snapshot.values.get(name)?.kind === "failed";
}

/** Where secrets stand on this device. */
export function secretPathsOf(mapper: Mapper, snapshot: Snapshot): string[] {
  return [...mapper.bindings.values()].flatMap(({ secret, logical }) => {
    const observation = secret ? mapper.get(logical, snapshot) : undefined;
    return observation?.kind === "unreadable" ? [observation.path] : [];
  });
}
