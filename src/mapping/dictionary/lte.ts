/**
 * LTE, from both ends: a base station that is managed as a CPE (`lte.band` to `lte.mme-list`, TR-196), and a terminal
 * (`lte.apn` and what follows). On a terminal the first group is a fact, and its map says `observeOnly`.
 *
 * Ranges: 3GPP TS 36.101 (bands, EARFCN), 36.211 (cells), 23.003 (PLMN, TAC, IMEI, IMSI), ITU-T E.118 (ICCID).
 */
import { boolean, deviceText, hosts, integer, nothingOr, text, word } from "./basic-types.ts";
import { kept, RADIO as HARM, seen, type Family } from "./def.ts";
import { notEmpty } from "./reasons.ts";
import { typeOf } from "./type.ts";

const earfcn = integer(0, 262_143);
const digits = (min: number, max: number) =>
  typeOf("number in digits", { kind: "digits", min, max });

/** Country code of three digits and network code of two or three. TR-196 has six rows. */
const plmnList = typeOf(
  "list of networks",
  { kind: "list", of: { kind: "digits", min: 5, max: 6 }, order: "set", max: 6 },
  notEmpty("a cell without a network serves nobody"),
);

const mmeList = hosts(32, 256, "a cell without an MME serves nobody");

export const LTE: Family = {
  "lte.band": kept(integer(1, 255), "frequency band", "operator", HARM),
  "lte.bandwidth": kept(
    word(["1.4", "3", "5", "10", "15", "20"], "MHz"),
    "channel bandwidth, downlink",
    "operator",
    HARM,
  ),
  "lte.earfcn-dl": kept(earfcn, "channel number, downlink", "operator", HARM),
  "lte.earfcn-ul": kept(earfcn, "channel number, uplink", "operator", HARM),
  "lte.pci": kept(integer(0, 503), "physical cell identity", "operator", HARM),
  "lte.tac": kept(integer(0, 65_535), "tracking area code", "operator", HARM),
  "lte.cell-barred": kept(boolean, "no terminal may camp on the cell", "operator", HARM),
  "lte.cell-reserved": kept(boolean, "the cell is for the operator's own use", "operator", HARM),
  "lte.admin-state": kept(boolean, "the cell is on the air", "operator", HARM),
  // The cell announces every row, and a stranger would let in the subscribers of another network.
  "lte.plmn-list": kept(plmnList, "networks that the cell announces", "operator", HARM, "ours"),
  "lte.mme-list": kept(mmeList, "core nodes, the first is tried first", "operator", HARM, "ours"),
  "lte.gateway-enable": kept(boolean, "traffic leaves by a gateway of the cell", "operator", HARM),
  "lte.gps-sync": kept(boolean, "the cell takes its time from GPS", "operator", HARM),

  "lte.apn": kept(
    nothingOr(text(100), "the network chooses"),
    "access point that the terminal asks for",
    "operator",
    HARM,
  ),
  "lte.cell-id": seen(integer(0, 268_435_455), "cell that the terminal is camped on"),
  "lte.network-name": seen(deviceText, "network that the terminal is camped on"),
  "lte.rsrp": seen(integer(-200, 0, "dBm"), "power of the reference signal"),
  "lte.rsrq": seen(integer(-60, 40, "dB"), "quality of the reference signal"),
  "lte.sinr": seen(integer(-60, 60, "dB"), "signal against noise and interference"),
  "lte.rssi": seen(integer(-200, 0, "dBm"), "power of all that is received"),
  "lte.imei": seen(digits(14, 16), "identity of the terminal"),
  "lte.imsi": seen(digits(6, 15), "identity of the subscription"),
  "lte.iccid": seen(digits(18, 20), "identity of the SIM card"),
};
