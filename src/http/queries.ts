/** The query parameters of all routes: the same shapes check a request and describe the API. */
import { z } from "zod";
import { PAGE_MAX } from "../service/devices.ts";
import { flag, wholeNumber } from "./query.ts";

const MOST_CALLS = 1_000;
const MOST_EVENTS = 500;
const MOST_DELIVERIES = 500;
const MOST_IMPORTS = 500;
const MOST_LINES = 1_000;

const count = wholeNumber(0, 100_000_000).describe(
  "How many devices it may touch, exactly; without it a change of many is refused and says the number.",
);
const dryRun = flag.describe("Check everything, show what would be, and change nothing.");
const selector = z.string().describe("Which devices: `site=cpt,state in (drifted,offline)`.");
const cursor = z.string().min(1).max(1_000).describe("The `next` of the page before, as it came.");
const pageSize = wholeNumber(1, PAGE_MAX).describe("Items of a page.");

export const eventId = z
  .string()
  .regex(/^\d{1,15}$/, "must be the id of an event, as this API gave it")
  .transform(Number)
  .describe("The id of an event: what came after it. Left out: from the oldest that is kept.");

export const QUERIES = {
  devices: {
    selector: selector.optional(),
    limit: pageSize.optional(),
    cursor: cursor.optional(),
  },
  write: {
    dryRun: dryRun.optional(),
    effectiveAt: z.iso
      .datetime({ offset: true, error: "must be a moment like 2026-12-01T06:00:00Z" })
      .describe("Store it now, and let it become current then.")
      .optional(),
  },
  swap: { dryRun: dryRun.optional() },
  many: { dryRun: dryRun.optional(), expect: count.optional() },
  page: { limit: pageSize.optional(), cursor: cursor.optional() },
  inventory: {
    replace: flag
      .describe("These lines are all there is of the kind: others are deleted.")
      .optional(),
    dryRun: dryRun.optional(),
    expect: wholeNumber(0, 100_000_000)
      .describe("How many items `replace` may delete, exactly; needed for more than a twentieth.")
      .optional(),
  },
  counted: { expect: count.optional() },
  imports: { limit: wholeNumber(1, MOST_IMPORTS).describe("The newest so many.").optional() },
  importLines: {
    cursor: wholeNumber(0, 100_000_000).describe("The `next` of the page before.").optional(),
    limit: wholeNumber(1, MOST_LINES).describe("Lines of a page.").optional(),
    outcome: z
      .enum(["created", "changed", "unchanged", "refused"])
      .describe("Lines that came to this only.")
      .optional(),
  },
  calls: {
    device: z.string().min(1).max(400).describe("Of this device only.").optional(),
    faults: flag.describe("Those that went wrong only.").optional(),
    limit: wholeNumber(1, MOST_CALLS).describe("The newest so many.").optional(),
  },
  events: {
    after: eventId.optional(),
    limit: wholeNumber(1, MOST_EVENTS).describe("Items of a page.").optional(),
    selector: selector.max(8_192).optional(),
  },
  findings: {
    state: z
      .string()
      .max(100)
      .describe("`suspected,confirmed`, or `all`; left out: what is open.")
      .optional(),
    pattern: z.string().max(200).describe("Of the catalogue: `P01,P05`.").optional(),
    selector: selector.optional(),
    limit: pageSize.optional(),
    cursor: cursor.optional(),
  },
  deliveries: {
    cursor: wholeNumber(1, 999_999_999_999_999)
      .describe("The `next` of the page before.")
      .optional(),
    limit: wholeNumber(1, MOST_DELIVERIES).describe("Items of a page.").optional(),
  },
} as const;
