/** What the tables of a standard data model say of each object and parameter; `parse.ts` reads them. */
import type { Facets } from "./facets.ts";

/** From harmless to gone; `deprecated` and `obsoleted` still may be on a device, `deleted` is of no valid model. */
export const STATUSES = ["current", "deprecated", "obsoleted", "deleted"] as const;
export type Status = (typeof STATUSES)[number];

export interface StandardObject {
  readonly kind: "object";
  /** Ends in a dot; `{i}` for every instance. */
  readonly path: string;
  /** Is a row of a table. */
  readonly row: boolean;
  /** Rows can be added and deleted. */
  readonly writable: boolean;
  /** Name of the parameter beside the table that counts its rows. */
  readonly count: string | null;
  /** Name of the parameter in the row that enables it. */
  readonly enable: string | null;
  /** Each is a group of parameters that no two rows share. */
  readonly keys: readonly (readonly string[])[];
  readonly status: Status;
  /** First version of the model that has it. */
  readonly since: string;
}

export interface StandardParameter extends Facets {
  readonly kind: "parameter";
  readonly path: string;
  readonly writable: boolean;
  /** Reads back the null value of its type, whatever was written (`hidden`, and `secured`, which for CWMP is the same). */
  readonly hidden: boolean;
  /** A write starts something; reads back null; never configuration. */
  readonly command: boolean;
  readonly units: string | null;
  /** What its value names: `path:strong:.ATM.Link.`, `enum:SupportedModes`, `instance`. */
  readonly ref: string | null;
  readonly status: Status;
  readonly since: string;
}

export type StandardNode = StandardObject | StandardParameter;

export interface DataModel {
  /** `Device:2.19`. */
  readonly model: string;
  readonly source: string;
  /** In order of the path. */
  readonly nodes: readonly StandardNode[];
}
