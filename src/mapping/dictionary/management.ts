/**
 * How the CPE and the ACS find each other. All of it can strand a device: with another ACS address or another password
 * towards it, it informs no more; without its periodic Inform, or with a connection request that it refuses, it is heard
 * of only when it happens to speak. Most ACSes keep these themselves and do not expect others to change them.
 */
import { boolean, secret, text } from "./basic-types.ts";
import { kept, MANAGEMENT as HARM, QUIET, seen, type Family } from "./def.ts";
import { either, noControl } from "./reasons.ts";
import { typeOf } from "./type.ts";

const acsUrl = typeOf(
  "URL",
  { kind: "text", max: 2048, examples: ["https://acs.example:7547/acs", "http://192.0.2.1/"] },
  either(noControl, (value) =>
    typeof value === "string" && /^https?:\/\/[^\s/@]+(\/\S*)?$/.test(value)
      ? undefined
      : "is no http or https address without user name and password",
  ),
);

const DAY_S = 86_400;
/** Faster would flood the ACS; slower leaves a device behind NAT, which cannot be called, alone for weeks. */
const FASTEST_S = 30;
const SLOWEST_S = 7 * DAY_S;
const informInterval = typeOf(
  "interval",
  {
    kind: "integer",
    min: 1,
    max: 4_294_967_295,
    unit: "s",
    examples: [FASTEST_S, 3600, SLOWEST_S],
  },
  (value) =>
    typeof value === "number" && (value < FASTEST_S || value > SLOWEST_S)
      ? `is not from ${FASTEST_S} s to ${SLOWEST_S} s (7 days)`
      : undefined,
);

export const MGMT: Family = {
  "mgmt.acs-url": kept(acsUrl, "address of the ACS", "operator", HARM),
  "mgmt.acs-username": kept(text(256), "user name that the CPE shows to the ACS", "operator", HARM),
  "mgmt.acs-password": kept(secret(256), "password that goes with it", "operator", HARM),
  "mgmt.connection-request-url": seen(text(2048), "where the ACS calls the CPE"),
  "mgmt.connection-request-username": kept(
    text(256),
    "user name with which the ACS calls the CPE",
    "operator",
    HARM,
  ),
  "mgmt.connection-request-password": kept(
    secret(256),
    "password that goes with it",
    "operator",
    HARM,
  ),
  "mgmt.periodic-inform-enable": kept(
    boolean,
    "the CPE informs by itself from time to time",
    "operator",
    HARM,
  ),
  "mgmt.periodic-inform-interval": kept(
    informInterval,
    "time between two such Informs",
    "operator",
    HARM,
  ),
  "mgmt.stun-enable": kept(
    boolean,
    "the CPE keeps a way open for the ACS through NAT",
    "operator",
    HARM,
  ),
  "mgmt.provisioning-code": kept(
    text(64),
    "mark by which an ACS tells groups apart",
    "operator",
    QUIET,
  ),
};
