/** The spec of a stored `FirmwareImage` record; what the manifest kind of that name parses to. */
import type { FirmwareImage } from "../model/records.ts";

export type FirmwareSpec = Omit<FirmwareImage, "name" | "mayFollow"> & {
  readonly mayFollow?: readonly string[];
};

/** @param spec of a stored record: it was validated when it was applied */
export function firmwareSpecOf(spec: Readonly<Record<string, unknown>>): FirmwareSpec {
  return spec as FirmwareSpec;
}
