/** A suggestion as a parameter map that can be loaded: observe-only as a whole until its label is taken away. */
import { canonicalJson } from "../../lib/hash.ts";
import type { DeviceFacts } from "../../model/device.ts";
import type { AnchorText } from "../anchors.ts";
import { withPaths } from "./paths.ts";
import type { Proposal, Suggestion } from "./suggest.ts";

export interface SuggestedMap {
  readonly document: Readonly<Record<string, unknown>>;
  /** One line for each binding, for comments beside it. */
  readonly comments: ReadonlyMap<string, string>;
}

/** What the device says of itself and maps may ask for; a fact that it lacks is left out. */
function matchOf(facts: DeviceFacts): Readonly<Record<string, unknown>> {
  const { root, oui, productClass, modelName, hardwareVersion } = facts;
  return Object.fromEntries(
    Object.entries({
      root,
      oui: oui === null ? null : [oui],
      productClass,
      modelName,
      // Models of one name with different hardware keep things in different places (EC220-G5 of TP-Link).
      hardwareVersion,
    }).filter(([, value]) => value !== null && value !== ""),
  );
}

function nameOf(facts: DeviceFacts): string {
  const words = [facts.manufacturer?.split(/[\s,]/)[0], facts.modelName ?? facts.productClass];
  const name = words
    .filter((word) => word !== null && word !== undefined && word !== "")
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 63);
  return name === "" ? "suggested" : name;
}

/** Anchors of all proposals under names that do not meet: equal ones once, others with a number. */
class Anchors {
  readonly all: Record<string, AnchorText> = {};

  nameFor(name: string, anchor: AnchorText): string {
    for (let n = 1; ; n += 1) {
      const tried = n === 1 ? name : `${name}${n}`;
      const before = this.all[tried];
      if (before !== undefined && canonicalJson(before) !== canonicalJson(anchor)) continue;
      this.all[tried] = anchor;
      return tried;
    }
  }
}

function bindingOf(proposal: Proposal, anchors: Anchors): Readonly<Record<string, unknown>> {
  const names = new Map<string, string>();
  const renamed = (path: string): string =>
    path.replace(/^\$(\w+)/, (all, name: string) => `$${names.get(name) ?? all.slice(1)}`);
  // A follow names the anchor that it starts at, so starts come first.
  const order = Object.entries(proposal.anchors).sort(
    ([, a], [, b]) => Number(a.follow !== undefined) - Number(b.follow !== undefined),
  );
  for (const [name, anchor] of order) {
    const { follow } = anchor;
    const own = follow === undefined ? anchor : { ...anchor, follow: renamed(follow) };
    names.set(name, anchors.nameFor(name, own));
  }
  return {
    lens: withPaths(proposal.lens, renamed),
    ...proposal.rest,
    ...(proposal.write ? {} : { observeOnly: true }),
  };
}

export function suggestedMap({ facts, proposals }: Suggestion): SuggestedMap {
  const anchors = new Anchors();
  const own = proposals.filter(({ inherited }) => !inherited);
  const bind = Object.fromEntries(own.map((one) => [one.logical, bindingOf(one, anchors)]));
  return {
    document: {
      apiVersion: "plumbline/v1",
      kind: "ParameterMap",
      metadata: { name: nameOf(facts), labels: { status: "suggested" } },
      spec: { match: matchOf(facts), anchors: anchors.all, bind },
    },
    comments: new Map(
      proposals.map(({ logical, write, evidence }) => [
        logical,
        `${write ? "to be written when approved" : "only read"}: ${evidence.join("; ")}`,
      ]),
    ),
  };
}
