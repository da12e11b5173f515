/**
 * Writes to a laboratory device. Each operation is whole or nothing, as a call of CWMP is; a fault ends the list, and what
 * was done before it stays done.
 *
 * 9003  a name twice in one SetParameterValues, a row where a table is wanted or the other way round, rows that cannot
 *       be added or deleted
 * 9004  no room for another row
 * 9005  no such name
 * 9006  no text of the parameter's type
 * 9007  a text of the type that is not allowed, or that XML cannot carry
 * 9008  not writable; where a tree does not say, it is not
 */
import { isXmlText } from "../../lib/xml.ts";
import type { Edit, Operation, ParameterPath } from "../../model/parameter.ts";
import { canonical } from "../../model/tree/lexical.ts";
import { isObject, type TreeNode } from "../../model/tree/tree.ts";
import type { LabDevice } from "./device.ts";
import { addRow, deleteRow, type Draft } from "./rows.ts";
import { pullTrigger } from "./triggers.ts";

export type FaultCode = 9001 | 9003 | 9004 | 9005 | 9006 | 9007 | 9008;

export type Applied =
  | {
      readonly kind: "applied";
      readonly device: LabDevice;
      /** Paths of the rows that AddObject made, in order. */
      readonly added: readonly ParameterPath[];
    }
  | {
      readonly kind: "fault";
      readonly code: FaultCode;
      readonly path: ParameterPath;
      /** With what was done before. */
      readonly device: LabDevice;
    };

type Refusal = { readonly code: FaultCode; readonly path: ParameterPath };

/** @param secretOf opens the secret of a logical parameter, as an adapter does in the tick that builds the call */
export function apply(
  device: LabDevice,
  operations: readonly Operation[],
  secretOf: (logical: string) => string = () => "",
): Applied {
  let current = device;
  const added: ParameterPath[] = [];
  for (const operation of operations) {
    const draft: Draft = new Map(current.tree.nodes);
    const done = run(current, draft, operation, secretOf);
    if (typeof done === "object") return { kind: "fault", ...done, device: current };
    if (done !== undefined) added.push(done);
    current = { ...current, tree: { ...current.tree, nodes: draft } };
  }
  return { kind: "applied", device: current, added };
}

/** Changes the draft; a fault leaves it to be thrown away. @returns the path of a row that was added */
function run(
  device: LabDevice,
  draft: Draft,
  operation: Operation,
  secretOf: (logical: string) => string,
): ParameterPath | Refusal | undefined {
  switch (operation.kind) {
    case "set":
      return set(device, draft, operation.edits, secretOf);
    case "add": {
      const { table } = operation;
      const code = objectFault(device, draft, table, "table");
      const row = code ?? addRow(device, draft, table);
      return typeof row === "number" ? { code: row, path: table } : row;
    }
    case "delete": {
      const { row } = operation;
      const code = objectFault(device, draft, row, "row");
      if (code !== undefined) return { code, path: row };
      deleteRow(draft, row);
      return undefined;
    }
    case "reboot":
      return undefined;
    // A tree says neither what other software would hold nor what the CPE left the factory with. CWMP: request denied.
    case "download":
    case "factoryReset":
      return { code: 9001, path: "" };
  }
}

function objectFault(
  { options }: LabDevice,
  draft: Draft,
  path: ParameterPath,
  wanted: "table" | "row",
): 9003 | 9005 | undefined {
  const node = draft.get(path);
  if (node === undefined || !isObject(node)) return 9005;
  const is = /\.\d+\.$/.test(path) ? "row" : "table";
  const fixed = options.isFixed?.(path.replace(/\.\d+\.$/, ".")) === true;
  return is === wanted && node.writable === true && !fixed ? undefined : 9003;
}

function set(
  device: LabDevice,
  draft: Draft,
  edits: readonly Edit[],
  secretOf: (logical: string) => string,
): Refusal | undefined {
  const seen = new Set<string>();
  for (const { path } of edits) {
    if (seen.has(path)) return { code: 9003, path };
    seen.add(path);
  }
  for (const { path, value } of edits) {
    const text = value.kind === "text" ? value.text : secretOf(value.logical);
    const code = write(device, draft, path, text);
    if (code !== undefined) return { code, path };
  }
  return undefined;
}

function write(
  { options }: LabDevice,
  draft: Draft,
  path: ParameterPath,
  text: string,
): FaultCode | undefined {
  const node: TreeNode | undefined = draft.get(path);
  if (node === undefined || isObject(node)) return 9005;
  if (node.writable !== true) return 9008;
  if (!isXmlText(text)) return 9007;
  const pulled = pullTrigger(options, draft, node, text);
  if (pulled !== "no trigger") return pulled;
  const value = canonical(node.type, text);
  if (value === undefined) return 9006;
  const code = options.check?.(path, text);
  if (code === undefined && options.isCommand?.(path) !== true) draft.set(path, { ...node, value });
  return code;
}
