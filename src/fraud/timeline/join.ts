/**
 * Gives tunnelled sessions their credential. Outside an EAP tunnel a supplicant shows a pseudonym; the login inside shows the
 * name. The two are joined by Chargeable-User-Identity, or by MAC and NAS, or by MAC and Class, within a minute of the Start. Class
 * alone joins nothing: many servers give one class to everybody. Two candidates are none: the credential stays unknown.
 */
import type { Digest } from "../facts/billing.ts";
import { MINUTE } from "../facts/instant.ts";
import type { Packet } from "./packet.ts";
import type { Session } from "./session.ts";

const NEAR = MINUTE;

export function joinCredentials(
  sessions: readonly Session[],
  packets: readonly Packet[],
): readonly Session[] {
  const logins = packets.filter(
    ({ fact }) =>
      fact.credential !== null && (fact.event.kind === "accept" || fact.event.kind === "login"),
  );
  return sessions.map((session) => {
    if (session.credential !== null || logins.length === 0) return session;
    const found = new Set<Digest>();
    for (const login of logins) {
      const { credential } = login.fact;
      if (credential !== null && isSame(login, session)) found.add(credential);
    }
    const [only] = found;
    return found.size === 1 && only !== undefined ? { ...session, credential: only } : session;
  });
}

function isSame(login: Packet, session: Session): boolean {
  const said = login.fact.event.session;
  const heard = session.packets.map(({ fact }) => fact.event.session);
  if (said.chargeable !== null && heard.some(({ chargeable }) => chargeable === said.chargeable)) {
    return true;
  }
  if (login.mac === null || login.mac !== session.mac) return false;
  if (Math.abs(login.at - session.startAt) > NEAR) return false;
  return (
    login.nas === session.nas || heard.some((one) => one.class !== null && one.class === said.class)
  );
}
