/** The clock of the device. */
import { hosts, text, word } from "./basic-types.ts";
import { kept, QUIET, type Family } from "./def.ts";

/** Five, since both data models have `NTPServer1` to `NTPServer5`; the first is asked first. */
const servers = hosts(5, 64, "a device without a time server lives in 1970, and certificates fail");

/** `+05:30`. Every offset in use: full hours, and the quarters and halves that countries have. */
const hours = Array.from({ length: 27 }, (_, index) => index - 12);
const OFFSETS = [
  ...hours.map((hour) => `${hour < 0 ? "-" : "+"}${String(Math.abs(hour)).padStart(2, "0")}:00`),
  ...["-09:30", "-03:30", "+03:30", "+04:30", "+05:30", "+05:45", "+06:30", "+08:45", "+09:30"],
  ...["+10:30", "+12:45"],
];

export const TIME: Family = {
  // The list is all that should be asked, so a stranger among the rows goes.
  "time.ntp-servers": kept(
    servers,
    "time servers, the first is asked first",
    "operator",
    QUIET,
    "ours",
  ),
  // Two forms, since devices have two: an offset, which knows no summer time, or a name or rule of their own.
  "time.utc-offset": kept(word(OFFSETS), "local time less UTC", "operator", QUIET),
  "time.timezone": kept(
    text(256),
    "time zone in the device's own words, POSIX form where it follows the standard",
    "operator",
    QUIET,
  ),
};
