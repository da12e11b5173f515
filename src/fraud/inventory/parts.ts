/** Parts that several kinds of inventory share. Each has a normal form, so that the same thing said twice is the same text. */
import { z } from "zod";

/** One line of text. RADIUS has at most 253 bytes for a name or a line. */
export function text(max = 253) {
  return z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, "holds a control character");
}

/** Keys are `NAS|line`, as the rules name a line. */
export const nasName = text().regex(/^[^|]*$/, "a NAS's name must not hold |");

export const serviceRef = text(256).regex(/^[^|]*$/, "a service's ref must not hold |");

/** As `2026-11-27T06:00:00.000Z`, whatever its offset was. */
export const moment = z.iso
  .datetime({ offset: true, error: "must be a moment like 2026-11-27T06:00:00Z" })
  .transform((given, context): string => {
    const at = new Date(given);
    if (!Number.isNaN(at.getTime())) return at.toISOString();
    context.addIssue({ code: "custom", message: "is no moment of the calendar" });
    return z.NEVER;
  });

const MAC =
  /^(?:[0-9a-f]{2}([:-]?)[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})$/i;

export const mac = z
  .string()
  .regex(MAC, "must be a MAC like 00:0c:42:aa:00:01")
  .transform((given) => given.replace(/[:.-]/g, "").toLowerCase());

export const oui = z
  .string()
  .regex(/^[0-9a-f]{6}$/i, "must be six hex digits")
  .transform((given) => given.toUpperCase());

export const address = z
  .union([z.ipv4(), z.ipv6()], { error: "must be an IPv4 or IPv6 address" })
  .transform((given) => given.toLowerCase());

/** Six bytes and more with marks between, or after `0x`: nobody gives a NAS or a site such a name. */
const MARKED =
  /^(?:0x(?:[0-9a-f]{2})+|[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5,}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2,})$/i;
const BARE = /^(?:[0-9a-f]{2})+$/i;

const unmarked = (given: string): string =>
  MARKED.test(given) ? given.replace(/^0x|[:.-]/gi, "").toLowerCase() : given;

/** Packets name a station by its bytes; people write them as `00:1a:…`, `0x001a…` or bare. */
export const station = text().transform((given) =>
  BARE.test(given) ? given.toLowerCase() : unmarked(given),
);

/** A NAS, a site or a station. */
export const place = text().transform(unmarked);

export const ordered = (fromAt: string, untilAt: string | undefined): boolean =>
  untilAt === undefined || Date.parse(fromAt) <= Date.parse(untilAt);
