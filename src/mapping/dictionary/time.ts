/** The clock of the device. */
import { hosts, text, word } from "./basic-types.ts";
import { kept, QUIET, type Family } from "./def.ts";

/** Five, since both data models have `NTPServer1` to `NTPServer5`; the first is asked first. */
const servers = hosts(5, 64, "a device without a time server lives in 1970, and certificates fail");

/** Every offset in use, from west to east: full hours, and the halves and quarters that some countries have. */
const OFFSETS = [
  ...["-12:00", "-11:00", "-10:00", "-09:30", "-09:00", "-08:00", "-07:00", "-06:00", "-05:00"],
  ...["-04:00", "-03:30", "-03:00", "-02:00", "-01:00", "+00:00", "+01:00", "+02:00", "+03:00"],
  ...["+03:30", "+04:00", "+04:30", "+05:00", "+05:30", "+05:45", "+06:00", "+06:30", "+07:00"],
  ...["+08:00", "+08:45", "+09:00", "+09:30", "+10:00", "+10:30", "+11:00", "+12:00", "+12:45"],
  ...["+13:00", "+14:00"],
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
