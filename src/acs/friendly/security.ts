/** The three ways of a Friendly site to know its callers, one at a time or two at once (acs-northbound-apis.md 2.1). */
import { WSSecurity, type ISecurity } from "soap";
import { AppError } from "../../lib/errors.ts";
import { basicHeaders, type Login } from "../login.ts";

/** All of them; a token is never marked mustUnderstand: a stock .asmx would refuse the call. */
export type FriendlyAuth = Login;

/** As zeep, the client that worked, sends it: no timestamp, no creation time, no nonce. */
const TOKEN = {
  passwordType: "PasswordText",
  hasTimeStamp: false,
  hasTokenCreated: false,
  hasNonce: false,
} as const;

/** The password is opened for each call, when its header is built, and kept nowhere. */
export function securityOf(auth: FriendlyAuth): ISecurity | undefined {
  if (auth.kind === "none") return undefined;
  // soap 1.13.0 does not escape a text of this form (arguments.ts has the story); a login has no business to look so.
  if ([auth.username, auth.password.open()].some((text) => text.startsWith("<![CDATA["))) {
    throw new AppError("bad_config", "The ACS login starts with <![CDATA[, which cannot be sent.");
  }
  const withToken = auth.kind !== "basic";
  return {
    addHeaders(headers) {
      Object.assign(headers, basicHeaders(auth));
    },
    toXML: () =>
      withToken ? new WSSecurity(auth.username, auth.password.open(), TOKEN).toXML() : "",
  };
}
