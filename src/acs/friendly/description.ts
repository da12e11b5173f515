/**
 * The site's own description of its service, held against the one that this adapter was written for. Nobody published the
 * vendor's, so ours is put together from what clients were seen to send (acs-northbound-apis.md 11): a site that differs is
 * right, and we have to know. Pure; any text gives an answer.
 */
import { messageOf } from "../../lib/errors.ts";
import { parseXml, type XmlElement } from "../../lib/xml.ts";
import { OPERATIONS, type Operation } from "./soap.ts";

const WSDL = "http://schemas.xmlsoap.org/wsdl/";
const SCHEMA = "http://www.w3.org/2001/XMLSchema";

interface Description {
  readonly namespace: string;
  /** Arguments by the name of the call element, in their order. */
  readonly calls: ReadonlyMap<string, readonly string[]>;
}

export type Comparison =
  | {
      readonly kind: "compared";
      readonly missing: ReadonlySet<Operation>;
      /** A sentence each. */
      readonly differences: readonly string[];
    }
  | { readonly kind: "not_comparable"; readonly why: string };

/** @param ours the description that this adapter works by */
export function compareDescriptions(ours: string, theirs: string): Comparison {
  let site: Description | string;
  try {
    site = describe(parseXml(theirs));
  } catch (error) {
    return { kind: "not_comparable", why: `it is not XML: ${messageOf(error)}` };
  }
  if (typeof site === "string") return { kind: "not_comparable", why: site };
  const own = describe(parseXml(ours));
  if (typeof own === "string") throw new Error(`our own description: ${own}`);
  const missing = new Set(OPERATIONS.filter((name) => !site.calls.has(name)));
  const differences = OPERATIONS.flatMap((name) => {
    const [here, there] = [own.calls.get(name), site.calls.get(name)];
    if (there === undefined) return [`it has no ${name}: that is never called`];
    return argumentsOf(name, here ?? [], there);
  });
  const named =
    own.namespace === site.namespace
      ? []
      : [
          `its namespace is ${site.namespace || "(none)"}, not ${own.namespace}: no answer is believed`,
        ];
  return { kind: "compared", missing, differences: [...named, ...differences] };
}

function argumentsOf(name: string, here: readonly string[], there: readonly string[]): string[] {
  const lacks = here.filter((each) => !there.includes(each));
  const more = there.filter((each) => !here.includes(each));
  const order = here.filter((each) => there.includes(each));
  const moved = order.join() !== there.filter((each) => here.includes(each)).join();
  return [
    ...(lacks.length === 0 ? [] : [`${name} does not take ${lacks.join(", ")}`]),
    ...(more.length === 0 ? [] : [`${name} also takes ${more.join(", ")}`]),
    ...(moved ? [`${name} takes its arguments in another order`] : []),
  ];
}

/** Why it is no description of a service, or what it says. */
function describe(root: XmlElement): Description | string {
  if (root.name !== "definitions" || root.namespace !== WSDL) return "it is no WSDL";
  const schemas = root.children
    .filter((each) => each.name === "types" && each.namespace === WSDL)
    .flatMap(({ children }) => children.filter((each) => is(each, "schema")));
  const calls = new Map<string, readonly string[]>();
  for (const element of schemas.flatMap(({ children }) => children)) {
    const name = element.attributes.get("name");
    if (!is(element, "element") || name === undefined) continue;
    const members = element.children
      .filter((each) => is(each, "complexType"))
      .flatMap(({ children }) => children.filter((each) => is(each, "sequence")))
      .flatMap(({ children }) => children.filter((each) => is(each, "element")));
    calls.set(
      name,
      members.flatMap((each) => each.attributes.get("name") ?? []),
    );
  }
  if (calls.size === 0) return "it describes no call";
  return { namespace: root.attributes.get("targetNamespace") ?? "", calls };
}

function is(element: XmlElement, name: string): boolean {
  return element.name === name && element.namespace === SCHEMA;
}
