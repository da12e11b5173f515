/** The first telephone line, by SIP. */
import { boolean, integer, secret, text, word } from "./basic-types.ts";
import { kept, seen, VOICE as HARM, type Family } from "./def.ts";
import { either, noControl, notEmpty } from "./reasons.ts";
import { typeOf } from "./type.ts";

const host = typeOf(
  "host",
  { kind: "text", max: 256 },
  either(noControl, notEmpty("a line without a server takes no calls")),
);

/** TR-104 `Line.{i}.Status`. */
const status = word([
  "up",
  "initializing",
  "registering",
  "unregistering",
  "error",
  "testing",
  "quiescent",
  "disabled",
]);

export const VOICE: Family = {
  "voice.line1.enable": kept(boolean, "the first line is switched on", "billing", HARM),
  "voice.line1.status": seen(status, "state of the first line"),
  "voice.line1.number": kept(text(32), "telephone number of the first line", "billing", HARM),
  "voice.sip.username": kept(
    text(128),
    "user name that the first line shows to the registrar",
    "billing",
    HARM,
  ),
  "voice.sip.password": kept(secret(128), "password that goes with it", "billing", HARM),
  "voice.sip.uri": kept(text(389), "address of record of the first line", "billing", HARM),
  "voice.sip.server": kept(host, "host of the SIP proxy, without port", "operator", HARM),
  "voice.sip.port": kept(integer(1, 65_535), "port of the SIP proxy", "operator", HARM),
  "voice.sip.registrar": kept(host, "host of the SIP registrar, without port", "operator", HARM),
};
