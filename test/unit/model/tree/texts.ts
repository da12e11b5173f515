/** Random trees, and the same tree written in each format that says everything of it. */
import fc from "fast-check";
import { escapeXml } from "../../../../src/lib/xml.ts";
import {
  isObject,
  parentOf,
  type DeviceTree,
  type TreeNode,
} from "../../../../src/model/tree/tree.ts";
import { printTree } from "../../../support/convert-trees.ts";

type Member =
  | { readonly kind: "object"; readonly writable: boolean; readonly below: Members }
  | {
      readonly kind: "parameter";
      readonly writable: boolean;
      readonly type: string;
      readonly value: string | null;
    };
interface Members {
  readonly [name: string]: Member;
}

const name = fc.oneof(
  fc.constantFrom("1", "2", "10", "Enable", "PPP", "X_CT-COM_List", "toString", "constructor"),
  // Not "_" in front: GenieACS takes such a member for one of its own.
  fc
    .string({ unit: fc.constantFrom("A", "b", "_", "-", "ü", "7"), maxLength: 3 })
    .map((rest) => `V${rest}`),
);
/** What XML can hold; the others can hold more. */
const value = fc.string({
  unit: fc.constantFrom("a", " ", '"', ",", ";", "\n", "\t", "&", "<", "=", "{", "'", "#", "漢"),
  maxLength: 8,
});
const parameter = fc.record({
  kind: fc.constant("parameter" as const),
  writable: fc.boolean(),
  type: fc.constantFrom("string", "unsignedInt", "boolean"),
  value: fc.option(value),
});

const membersOf = (depth: number): fc.Arbitrary<Members> =>
  fc.dictionary(name, depth === 0 ? parameter : fc.oneof(parameter, objectOf(depth - 1)), {
    maxKeys: 4,
    noNullPrototype: true,
  });
const objectOf = (depth: number): fc.Arbitrary<Member> =>
  fc.record({
    kind: fc.constant("object" as const),
    writable: fc.boolean(),
    below: membersOf(depth),
  });

function nodesOf(members: Members, prefix: string): TreeNode[] {
  return Object.entries(members).flatMap(([key, member]): TreeNode[] => {
    const { writable } = member;
    if (member.kind === "parameter") {
      // A parameter that was never read has no type either: that is how a table says so.
      const type = member.value === null ? null : member.type;
      return [{ path: prefix + key, writable, type, value: member.value }];
    }
    const path = `${prefix}${key}.`;
    return [{ path, writable, type: null, value: null }, ...nodesOf(member.below, path)];
  });
}

export const anyTree: fc.Arbitrary<DeviceTree> = fc
  .record({ root: fc.constantFrom("Device", "InternetGatewayDevice"), object: objectOf(3) })
  .map(({ root, object }) => {
    const nodes = nodesOf({ [root]: object }, "");
    return { nodes: new Map(nodes.map((node) => [node.path, node])), header: new Map() };
  });

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

/** Columns in the given order; names that are no column of ours are filled with a time stamp. */
export function asCsv(tree: DeviceTree, columns: readonly string[], separator = ","): string {
  const lines = [...tree.nodes.values()].map((node) => {
    const cells: Record<string, string> = {
      Parameter: node.path.replace(/\.$/, ""),
      Object: String(isObject(node)),
      Writable: String(node.writable),
      Value: quoted(node.value ?? ""),
      Type: node.type === null ? "" : `xsd:${node.type}`,
    };
    return columns.map((column) => cells[column] ?? "2026-11-22T22:28:14.403Z").join(separator);
  });
  return [columns.join(separator), ...lines].join("\r\n");
}

export function asGenieAcs(tree: DeviceTree): string {
  const top: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const objects = new Map([["", top]]);
  for (const node of tree.nodes.values()) {
    const key = node.path.slice(parentOf(node.path).length).replace(/\.$/, "");
    const made = Object.create(null) as Record<string, unknown>;
    Object.assign(made, { _object: isObject(node), _writable: node.writable });
    if (node.value !== null) Object.assign(made, { _value: node.value, _type: node.type });
    const parent = objects.get(parentOf(node.path));
    if (parent !== undefined) parent[key] = made;
    if (isObject(node)) objects.set(node.path, made);
  }
  return JSON.stringify([top]);
}

/** Both answers, one after the other. */
export function asCwmp(tree: DeviceTree): string {
  const infos: string[] = [];
  const values: string[] = [];
  for (const node of tree.nodes.values()) {
    const path = escapeXml(node.path);
    infos.push(
      `<ParameterInfoStruct><Name>${path}</Name><Writable>${node.writable === true ? 1 : 0}</Writable></ParameterInfoStruct>`,
    );
    if (node.value === null) continue;
    values.push(
      `<ParameterValueStruct><Name>${path}</Name><Value xsi:type="xsd:${node.type ?? ""}">${escapeXml(node.value)}</Value></ParameterValueStruct>`,
    );
  }
  const list = (of: string, structs: readonly string[]): string =>
    `<cwmp:${of}Response><ParameterList>${structs.join("")}</ParameterList></cwmp:${of}Response>`;
  return list("GetParameterNames", infos) + list("GetParameterValues", values);
}

export const asTsv = (tree: DeviceTree): string =>
  printTree(
    tree.nodes.values(),
    [...tree.header].map(([key, cells]) => [key, cells.join("\t")]),
  );
