/**
 * Does the AAA take this password? Asked by a login, once for each call: an Access-Accept proves it, anything else proves
 * nothing and changes nothing. No database connection is held meanwhile, as an AAA may take seconds.
 */
import { AppError } from "../lib/errors.ts";
import type { AaaStore } from "../ports/aaa-store.ts";
import type { PasswordProof, WaitingPassword } from "../ports/document-store.ts";
import type { LoginTester } from "../ports/outbound.ts";

/** Without both of them no login can be tried. */
export interface LoginDeps {
  readonly aaa?: Pick<AaaStore, "loginTarget"> | undefined;
  readonly logins?: LoginTester | undefined;
}

/** An AAA may read its users anew once a minute, and may lock out who fails too often. */
const REFUSED_SECONDS = 60;
const UNANSWERED_SECONDS = 30;

/** @throws AppError `test_login_unavailable`, `test_login_refused`, `test_login_unanswered`, `secret_unavailable` */
export async function testLogin(
  { aaa, logins }: LoginDeps,
  { username, realm, password, station }: WaitingPassword,
  version: number,
  signal: AbortSignal,
): Promise<PasswordProof> {
  const byWord = `or confirm it by your word: {"aaaUpdated": true, "version": ${version}}`;
  const details = { version };
  const target = logins === undefined ? null : ((await aaa?.loginTarget(realm)) ?? null);
  if (target === null || logins === undefined) {
    const whose = realm === "" ? "users without a realm" : `the realm ${realm}`;
    throw new AppError(
      "test_login_unavailable",
      `no Aaa record has a login for ${whose}. Give one its login, ${byWord}`,
      { details },
    );
  }
  const name = realm === "" ? username : `${username}@${realm}`;
  const answer = await logins.login(target, { name, password, station }, signal);
  const told = { ...details, aaa: target.name };
  switch (answer.kind) {
    case "accept":
      return { kind: "test_login", aaa: target.name, username, realm };
    case "reject":
      throw new AppError(
        "test_login_refused",
        `${target.name} rejects the login with this password; nothing was changed. Let the AAA have it and try again, ${byWord}. ` +
          "An AAA that takes EAP alone rejects every such login, as one may that wants a certain NAS or MAC",
        { details: told, retryAfterSeconds: REFUSED_SECONDS },
      );
    case "challenge":
      throw new AppError(
        "test_login_unavailable",
        `${target.name} answers with a challenge: it asks for more than a password (EAP, a code), which no login of ours can give. Nothing was changed; ${byWord.slice(3)}`,
        { details: told },
      );
    case "unknown":
      throw new AppError(
        "test_login_unanswered",
        `${target.name} gave no answer that is one: ${answer.why}. Nothing was changed; try again, ${byWord}`,
        { details: told, retryAfterSeconds: UNANSWERED_SECONDS },
      );
  }
}
