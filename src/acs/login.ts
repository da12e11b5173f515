/** How we show an ACS who we are, in the shapes of its record; each adapter knows which of them it can send. */
import type { Secret } from "../lib/secret.ts";

/** `both` is Basic and a UsernameToken at once. */
export type Login =
  | { readonly kind: "none" }
  | {
      readonly kind: "basic" | "usernametoken" | "both";
      readonly username: string;
      readonly password: Secret;
    };

/** What stands behind `Basic ` in an Authorization header. The password is opened for this, and kept nowhere. */
function basicOf(username: string, password: Secret): string {
  return Buffer.from(`${username}:${password.open()}`, "utf8").toString("base64");
}

/** For what is asked over plain HTTP, where a UsernameToken has no envelope to stand in. */
export function basicHeaders(login: Login): Record<string, string> {
  if (login.kind !== "basic" && login.kind !== "both") return {};
  return { Authorization: `Basic ${basicOf(login.username, login.password)}` };
}

/** Texts that must never stand in a result: the password, and the login as the Basic header spells it. */
export function secretsOf(login: Login): string[] {
  if (login.kind === "none") return [];
  return [login.password.open(), basicOf(login.username, login.password)];
}
