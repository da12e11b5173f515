/** The optical line. */
import { integer } from "./basic-types.ts";
import { seen, type Family } from "./def.ts";

/**
 * Thousandths of dBm, TR-181's own unit (`Dbm1000`): whole numbers, exact for devices that follow it and for those that
 * say whole dBm, and fine enough for what is worked out from 0.1 microwatt. Bounds are those of the standard.
 */
const power = integer(-65_536, 65_534, "thousandths of dBm");

export const PON: Family = {
  "pon.rx-power": seen(power, "optical power received"),
  "pon.tx-power": seen(power, "optical power sent"),
};
