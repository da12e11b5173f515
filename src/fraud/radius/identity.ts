/** Whose login it is: the user name, and whether it is the credential or only the outside of a tunnel. */
import { normalisedUser } from "../sighting.ts";
import type { RadiusEvent } from "../radius-event.ts";
import { decodeText } from "./values.ts";

/** EAP methods with an identity of their own inside, as FreeRADIUS names them and as numbers (RFC 3748 registry). */
const TUNNELS = /^(?:EAP-)?(?:TTLS|PEAP|FAST|TEAP|21|25|43|55)$/i;
/** WiMAX decorates what it shows outside (`{am=1}anon@…`); no user part, and the customary names of nobody. */
const PSEUDONYM = /^(?:\{[^}]*\}|@|anon(?:ymous)?(?:@|$))/i;

/**
 * @param name User-Name as it stood in the body
 * @param eapType EAP-Type, where one was sent
 * @param inner whether the packet came out of a tunnel (FreeRADIUS-Proxied-To)
 */
export function userOf(
  name: string | null,
  eapType: string | null,
  inner: boolean,
): RadiusEvent["user"] {
  const text = name === null ? null : decodeText(name)?.normalize("NFC").trim();
  if (text === null || text === undefined || text === "") return null;
  const at = text.lastIndexOf("@");
  const parts =
    at < 0 ? { user: text, realm: "" } : { user: text.slice(0, at), realm: text.slice(at + 1) };
  const tunnelled = eapType !== null && TUNNELS.test(eapType);
  return {
    normalised: normalisedUser(parts),
    outer: !inner && (tunnelled || PSEUDONYM.test(text)),
  };
}
