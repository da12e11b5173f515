/**
 * The assistant for an unknown tree: for each logical parameter the home that fits best, with its evidence.
 *
 * It never binds a secret by what is shown, only by where known maps keep it; never proposes a write to a parameter that
 * the tree does not call writable; never names a row by its number. What it proposes is observe-only until a person
 * approves the map (the label `status: suggested`), and what it did not find is said.
 */
import type { DeviceFacts } from "../../model/device.ts";
import { FIELDS } from "../../model/fields/index.ts";
import type { Observation } from "../../model/logical.ts";
import { factsOf } from "../../model/tree/facts.ts";
import { snapshotOf } from "../../model/tree/snapshot.ts";
import type { DeviceTree } from "../../model/tree/tree.ts";
import type { AnchorText } from "../anchors.ts";
import { DICTIONARY } from "../dictionary/index.ts";
import { agree, fitOf, type Fit } from "./fit.ts";
import { homesIn, type Home, type Origin } from "./homes.ts";
import { namesOf, variantsOf, type Variant } from "./variants.ts";

export interface Proposal {
  readonly logical: string;
  readonly lens: readonly unknown[];
  readonly anchors: Readonly<Record<string, AnchorText>>;
  /** Of the binding beside its lens. */
  readonly rest: Readonly<Record<string, unknown>>;
  /** May be written once the map is approved. */
  readonly write: boolean;
  /** Only read, and a wider map reads it so already: nothing has to be said. */
  readonly inherited: boolean;
  readonly observation: Observation;
  readonly evidence: readonly string[];
}

export interface Suggestion {
  readonly facts: DeviceFacts;
  readonly proposals: readonly Proposal[];
  /** Logical parameters that nothing was found for. */
  readonly missing: readonly string[];
}

interface Candidate {
  readonly home: Home;
  readonly variant: Variant;
  readonly fit: Fit;
  readonly rank: readonly number[];
  readonly kin: Kin;
}

/** How near the device stands to those whose maps say so. */
type Kin = "family" | "general" | "stranger";

const maker = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "")
    .slice(0, 5);

function isFamily({ match, map }: Origin, facts: DeviceFacts): boolean {
  const ouis = match["oui"];
  if (Array.isArray(ouis) && facts.oui !== null && ouis.includes(facts.oui)) return true;
  const who = maker(facts.manufacturer ?? "");
  return who.length > 2 && maker(map).startsWith(who);
}

function kinOf(home: Home, facts: DeviceFacts): Kin {
  if (home.origins.some((origin) => isFamily(origin, facts))) return "family";
  return home.origins.some(({ layer }) => layer === "base") ? "general" : "stranger";
}

/** An identity with the secret that goes with it, as the fields of desired state carry them. */
const PAIRS: readonly (readonly [string, string])[] = Object.values(FIELDS).flatMap(
  ({ carriers }) =>
    carriers.flatMap(({ required: [identity, secret] }) =>
      identity !== undefined && secret !== undefined ? [[identity, secret] as const] : [],
    ),
);

const FOUND: readonly Fit["got"][] = ["value", "nonconforming", "unreadable", "nil"];
const KIN_RANK: Readonly<Record<Kin, number>> = { family: 2, general: 1, stranger: 0 };
const HOW_RANK: Readonly<Record<Variant["how"], number>> = { known: 2, moved: 1, alike: 0 };

/** From the left: found as a value, said by a near map, said as it is, telling, said by many. */
function rankOf(home: Home, variant: Variant, fit: Fit, kin: Kin): readonly number[] {
  return [
    fit.got === "nil" ? 0 : 1,
    HOW_RANK[variant.how] === 0 ? 0 : 1,
    KIN_RANK[kin],
    HOW_RANK[variant.how],
    fit.telling ? 1 : 0,
    fit.writable ? 1 : 0,
    -variant.changes.length,
    home.origins.length,
  ];
}

function higher(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (b[at] ?? 0) - (a[at] ?? 0);
}

/** A name that only looks alike, and a parameter of strangers that says nothing, are too little to write on. */
function mayBeWritten({ home, variant, fit, kin }: Candidate): boolean {
  const def = DICTIONARY.get(home.logical);
  if (def === undefined || def.observeOnly || home.writers.length === 0 || !fit.writable)
    return false;
  if (fit.got === "nil" || variant.how === "alike") return false;
  if (kin !== "stranger") return true;
  const makers = new Set(home.writers.map(({ map }) => maker(map)));
  return variant.how === "known" && (fit.telling || makers.size > 1 || def.secret);
}

/** Maps of the same nearness that fit as well would send something else: nobody can say which of them is right. */
function disputed(best: Candidate, all: readonly Candidate[]): boolean {
  return all.some(
    (other) =>
      other.kin === best.kin &&
      other.home.writers.length > 0 &&
      other.fit.writable &&
      !agree(best.fit, other.fit),
  );
}

function evidenceFor({ home, variant, fit, kin }: Candidate): readonly string[] {
  const [first] = home.origins;
  const more = home.origins.length === 1 ? "" : ` and ${home.origins.length - 1} more`;
  const who = {
    family: "a map of the same maker",
    general: "a general map",
    stranger: "a map of another maker",
  }[kin];
  const what: Readonly<Partial<Record<Fit["got"], string>>> = {
    value: fit.telling ? "the tree holds a value of its type" : "the tree holds it, empty",
    nonconforming: "the tree holds it, with a companion that is off",
    unreadable: "the parameter of a secret is there",
    nil: "it is there and was never read",
  };
  const name = {
    known: "",
    moved: "the same names under another vendor's prefix",
    alike: "only the last two names are alike",
  }[variant.how];
  return [
    `${who} keeps it there: ${first?.map ?? ""}${more}`,
    ...(name === "" ? [] : [name]),
    what[fit.got] ?? fit.got,
    ...variant.changes,
    fit.writable ? "writable in the tree" : "not writable in the tree",
  ];
}

/** @param documents the maps that are known: whole documents, loaded before */
export function suggest(tree: DeviceTree, documents: readonly unknown[]): Suggestion {
  const facts = factsOf(tree);
  const snapshot = snapshotOf(tree);
  const names = namesOf(tree);
  const found = new Map<string, Candidate[]>();
  for (const home of homesIn(documents)) {
    const kin = kinOf(home, facts);
    for (const variant of variantsOf(home, tree, names)) {
      const fit = fitOf(variant, tree, snapshot);
      if (!FOUND.includes(fit.got) || fit.observation === null) continue;
      const candidate = { home, variant, fit, kin, rank: rankOf(home, variant, fit, kin) };
      found.set(home.logical, [...(found.get(home.logical) ?? []), candidate]);
      break;
    }
  }
  const best = new Map(
    [...found].flatMap(([logical, candidates]) => {
      const [first] = candidates.sort((a, b) => higher(a.rank, b.rank));
      return first === undefined ? [] : [[logical, first] as const];
    }),
  );
  const written = new Set(
    [...best.values()]
      .filter((one) => mayBeWritten(one) && !disputed(one, found.get(one.home.logical) ?? []))
      .map(({ home }) => home.logical),
  );
  // A secret without the identity that it belongs to cuts the line.
  for (const [identity, secret] of PAIRS) {
    if (!written.has(identity) || !written.has(secret)) {
      written.delete(identity);
      written.delete(secret);
    }
  }
  const proposals = [...best.values()].flatMap((candidate): Proposal[] => {
    const { home, variant, fit, kin } = candidate;
    if (fit.observation === null) return [];
    const write = written.has(home.logical);
    return [
      {
        logical: home.logical,
        lens: variant.lens,
        anchors: variant.anchors,
        rest: home.rest,
        write,
        inherited:
          !write && kin === "general" && variant.changes.length === 0 && variant.how === "known",
        observation: fit.observation,
        evidence: evidenceFor(candidate),
      },
    ];
  });
  const bound = new Set(proposals.map(({ logical }) => logical));
  return {
    facts,
    proposals: proposals.sort((a, b) => (a.logical < b.logical ? -1 : 1)),
    missing: [...DICTIONARY.keys()].filter((logical) => !bound.has(logical)),
  };
}
