/** The spec of a stored `FirmwareImage` record; what the manifest kind of that name parses to. */
import type { FirmwareImage } from "../model/records.ts";

export type FirmwareSpec = Omit<FirmwareImage, "name" | "mayFollow"> & {
  readonly mayFollow?: readonly string[];
};
