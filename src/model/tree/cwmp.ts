/**
 * What a CPE answered: `GetParameterValuesResponse`, `GetParameterNamesResponse`, in an envelope, cut out of one, or
 * several one after another (names give the access rights and empty tables, values give the rest). Elements are known by
 * their local names; a prefix may lack its declaration. A `Value` that is nil is one that was never read.
 */
import { placesOf } from "../../lib/text-place.ts";
import { parseXml, XmlError, type XmlElement } from "../../lib/xml.ts";
import type { TreeBuilder, TreePlace } from "./builder.ts";
import type { TreeFormat } from "./format.ts";

const RESPONSES: ReadonlySet<string> = new Set([
  "GetParameterValuesResponse",
  "GetParameterNamesResponse",
]);
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["1", true],
  ["true", true],
  ["0", false],
  ["false", false],
]);

/** Several documents in one text become the children of one. */
const BEFORE = "<all>";
const AFTER = "</all>";

const child = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((each) => each.name === name);

function* below(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const each of element.children) yield* below(each);
}

const attribute = (element: XmlElement, name: string): string | undefined =>
  [...element.attributes].find(([key]) => key.replace(/^.*:/, "") === name)?.[1];

function addStruct(struct: XmlElement, place: TreePlace, builder: TreeBuilder): void {
  const path = child(struct, "Name")?.text.trim() ?? "";
  if (struct.name === "ParameterValueStruct") {
    const value = child(struct, "Value");
    const nil = value === undefined || FLAGS.get(attribute(value, "nil") ?? "0") === true;
    const type = value === undefined ? undefined : attribute(value, "type");
    const row = { path, object: false, writable: null, type: type ?? null };
    builder.add({ ...row, value: nil ? null : value.text }, place);
  } else if (struct.name === "ParameterInfoStruct") {
    const writable = FLAGS.get(child(struct, "Writable")?.text.trim() ?? "");
    if (writable === undefined) {
      builder.problem(place, "malformed_tree", "Writable is neither true nor false");
    } else {
      builder.add({ path, object: path.endsWith("."), writable, type: null, value: null }, place);
    }
  }
}

function parsed(text: string, builder: TreeBuilder): XmlElement | undefined {
  const prefixes = new Set(Array.from(text.matchAll(/<([\w.-]+):/g), ([, prefix = ""]) => prefix));
  try {
    return parseXml(BEFORE + text + AFTER, prefixes);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const offset = Math.min(Math.max(0, error.offset - BEFORE.length), text.length);
    builder.problem(placesOf(text)(offset), "malformed_xml", error.message);
    return undefined;
  }
}

export const cwmp: TreeFormat = {
  meaning: "a GetParameterValuesResponse or GetParameterNamesResponse (XML)",
  recognises: (text) => /^\s*</.test(text),
  read(text, builder) {
    const root = parsed(text, builder);
    if (root === undefined) return;
    const responses = [...below(root)].filter((each) => RESPONSES.has(each.name));
    if (responses.length === 0) {
      const message = `holds no ${[...RESPONSES].join(" or ")}`;
      builder.problem({ line: 1 }, "not_a_tree", message);
    }
    const place = placesOf(text);
    for (const response of responses) {
      for (const struct of child(response, "ParameterList")?.children ?? []) {
        addStruct(struct, place(struct.offset - BEFORE.length), builder);
      }
    }
  },
};
