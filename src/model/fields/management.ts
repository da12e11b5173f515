/** Management: how often a CPE informs its ACS by itself. Sooner, and the ACS has more to do; later, and so is all that waits. */
import { z } from "zod";
import type { FieldDef } from "./field.ts";

export interface Management {
  /** Seconds between two periodic Informs. */
  readonly informIntervalS: number;
}

const FASTEST_S = 60;
const SLOWEST_S = 24 * 60 * 60;

export const management: FieldDef<"management", Management> = {
  name: "management",
  meaning: `seconds between two Informs that the CPE makes by itself, from ${FASTEST_S} to ${SLOWEST_S}; changed over hours`,
  schema: z.strictObject({ informIntervalS: z.int().min(FASTEST_S).max(SLOWEST_S) }),
  carriers: [{ required: ["mgmt.periodic-inform-interval"], optional: [] }],
  phase: 40,
  urgent: false,
  paced: true,
  toLogical: ({ informIntervalS }) => new Map([["mgmt.periodic-inform-interval", informIntervalS]]),
};
