/**
 * The site's own description of the service against the one that we were written to (acs-northbound-apis.md 10.3, 7). Ours
 * is composed from what public clients send, so only the site's can say what is really there. Pure, and a value for any text.
 *
 * Compared are the operations that take an element (SOAP; a stock .asmx describes GET and POST ports too), by local name,
 * and the names of their arguments. Types, order and results are not: an answer is looked at anyway, each time.
 */
import { parseXml, type XmlElement } from "../../lib/xml.ts";

export interface WsdlDifference {
  readonly kind:
    | "other_namespace"
    | "missing_operation"
    | "missing_argument"
    | "extra_argument"
    /** It describes the operation, and its arguments stand nowhere in it. */
    | "arguments_unknown";
  /** Null: about the whole service. */
  readonly operation: string | null;
  /** One sentence for an operator. */
  readonly text: string;
}

export interface NotComparable {
  readonly kind: "not_comparable";
  readonly why: string;
}

interface Description {
  readonly kind: "description";
  readonly namespace: string;
  /** Arguments by operation; null where the description does not hold them. */
  readonly operations: ReadonlyMap<string, ReadonlySet<string> | null>;
}

const WSDL = "http://schemas.xmlsoap.org/wsdl/";
const SCHEMA = "http://www.w3.org/2001/XMLSchema";
/** Ours has 50,000; beyond this it is no description, and would hold up everything else while it is read. */
const LONGEST = 2_000_000;

/** An empty list: they agree. */
export function compareWsdl(ours: string, theirs: string): WsdlDifference[] | NotComparable {
  const here = describe(ours);
  const there = describe(theirs);
  if (here.kind !== "description") return { ...here, why: `ours: ${here.why}` };
  if (there.kind !== "description") return there;
  // A description of something else must not switch off all that we can do.
  if (![...here.operations.keys()].some((name) => there.operations.has(name))) {
    return notComparable("it describes none of the operations that we know");
  }
  const found: WsdlDifference[] = [];
  if (here.namespace !== there.namespace) {
    const text = `The ACS's namespace is ${short(there.namespace)}, and ours is ${here.namespace}.`;
    found.push({ kind: "other_namespace", operation: null, text });
  }
  for (const [operation, wanted] of here.operations) {
    const given = there.operations.get(operation);
    if (given === undefined) {
      const text = `The ACS does not describe ${operation}.`;
      found.push({ kind: "missing_operation", operation, text });
    } else if (given === null || wanted === null) {
      const text = `The arguments of ${operation} stand in no description.`;
      found.push({ kind: "arguments_unknown", operation, text });
    } else found.push(...argumentsOf(operation, wanted, given));
  }
  return found;
}

function argumentsOf(
  operation: string,
  ours: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
): WsdlDifference[] {
  const missing = [...ours].filter((name) => !theirs.has(name));
  const extra = [...theirs].filter((name) => !ours.has(name));
  return [
    ...missing.map((name): WsdlDifference => {
      const text = `The ACS's ${operation} has no argument ${name}.`;
      return { kind: "missing_argument", operation, text };
    }),
    ...extra.map((name): WsdlDifference => {
      const text = `The ACS's ${operation} has an argument ${short(name)} that we do not know.`;
      return { kind: "extra_argument", operation, text };
    }),
  ];
}

function notComparable(why: string): NotComparable {
  return { kind: "not_comparable", why };
}

/** What a stranger wrote, in a sentence of ours. */
function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function describe(text: string): Description | NotComparable {
  if (text.length > LONGEST) return notComparable("it is too long for a description");
  let root: XmlElement;
  try {
    root = parseXml(text);
  } catch {
    return notComparable("it cannot be read as XML");
  }
  if (root.name !== "definitions" || root.namespace !== WSDL) {
    return notComparable("it is not a WSDL 1.1 description");
  }
  const elements = new Map<string, XmlElement>();
  for (const types of childrenOf(root, WSDL, "types")) {
    for (const schema of childrenOf(types, SCHEMA, "schema")) {
      for (const element of childrenOf(schema, SCHEMA, "element")) {
        elements.set(attribute(element, "name"), element);
      }
    }
  }
  const messages = new Map(
    childrenOf(root, WSDL, "message").map((message) => {
      const [part] = childrenOf(message, WSDL, "part");
      return [attribute(message, "name"), part === undefined ? "" : local(part, "element")];
    }),
  );
  const operations = new Map<string, ReadonlySet<string> | null>();
  for (const port of childrenOf(root, WSDL, "portType")) {
    for (const operation of childrenOf(port, WSDL, "operation")) {
      const [input] = childrenOf(operation, WSDL, "input");
      const element = messages.get(input === undefined ? "" : local(input, "message")) ?? "";
      if (element === "") continue;
      operations.set(attribute(operation, "name"), namesIn(elements.get(element)));
    }
  }
  return { kind: "description", namespace: attribute(root, "targetNamespace"), operations };
}

/** `complexType/sequence/element`, as .NET writes a wrapped call; null for anything else. */
function namesIn(element: XmlElement | undefined): ReadonlySet<string> | null {
  const [type] = element === undefined ? [] : childrenOf(element, SCHEMA, "complexType");
  if (type === undefined) return null;
  const [sequence] = childrenOf(type, SCHEMA, "sequence");
  const members = sequence === undefined ? [] : childrenOf(sequence, SCHEMA, "element");
  return new Set(members.map((each) => attribute(each, "name")));
}

function childrenOf(parent: XmlElement, namespace: string, name: string): XmlElement[] {
  return parent.children.filter((each) => each.name === name && each.namespace === namespace);
}

function attribute(element: XmlElement, name: string): string {
  return element.attributes.get(name) ?? "";
}

/** Of a name with a prefix, what stands behind it. */
function local(element: XmlElement, name: string): string {
  const text = attribute(element, name);
  return text.slice(text.indexOf(":") + 1);
}
