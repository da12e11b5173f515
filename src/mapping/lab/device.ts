/**
 * The laboratory device: a CPE as a value, on which maps are tried. It holds a tree and obeys CWMP; what a tree does not
 * say (ranges, what reads back empty, vendor triggers) comes as options. `apply.ts` writes, `read.ts` reads.
 *
 * The simulator of `acs/simulator` is another such device, written apart from this one; a test lets both do the same.
 */
import type { ParameterPath } from "../../model/parameter.ts";
import type { DeviceTree } from "../../model/tree/tree.ts";

/** Where a new row gets its number from. Devices differ, so a map has to be right with either. */
export type Numbering = "after-last" | "lowest-free";

/** Rows that are one parameter each, made by a write to another parameter. */
export interface RowTrigger {
  /** What is written to it becomes a new row; it reads back empty. */
  readonly insert: ParameterPath;
  /** `Device.Table.Rule` of `Device.Table.Rule07`. */
  readonly prefix: string;
  /** The number is padded with zeros to so many. */
  readonly digits: number;
  /** A row goes when this text is written to it, or when another parameter is told its name or its text. */
  readonly removal:
    | { readonly by: "text"; readonly text: string }
    | {
        readonly by: "trigger";
        readonly trigger: ParameterPath;
        readonly told: "rowName" | "rowText";
      };
  readonly maxRows: number;
  /** 9007 for any other text. */
  readonly accepts: (text: string) => boolean;
}

export interface LabOptions {
  /** What a CPE that knows ranges, sizes and words answers to a text of the right type; undefined: it takes it. */
  readonly check?: (path: ParameterPath, text: string) => 9006 | 9007 | undefined;
  /** Keeps what is written and reads back as nothing. */
  readonly isHidden?: (path: ParameterPath) => boolean;
  /** Takes a write, keeps nothing and reads back false. */
  readonly isCommand?: (path: ParameterPath) => boolean;
  /** Rows are there for ever, whatever the tree says of AddObject and DeleteObject. The path ends in a dot. */
  readonly isFixed?: (table: ParameterPath) => boolean;
  /** 9004 beyond so many rows. The path ends in a dot. */
  readonly maxRows?: (table: ParameterPath) => number | undefined;
  readonly numbering?: Numbering;
  readonly triggers?: readonly RowTrigger[];
}

export interface LabDevice {
  /** What it holds now, secrets included. */
  readonly tree: DeviceTree;
  /** What it held at first: a table that lost its last row still knows what a row looks like. */
  readonly first: DeviceTree;
  readonly options: LabOptions;
}

export function labDevice(tree: DeviceTree, options: LabOptions = {}): LabDevice {
  return { tree, first: tree, options };
}
