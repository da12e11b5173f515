/**
 * Rotation of a credential in two calls, as RADIUS and CPE must change together: the first makes a password and shows it
 * once, the second proves that the AAA takes that very one, by the caller's word or by a login of ours. Only then is it
 * wanted of the CPE. A proof that fails changes nothing, and may be tried again.
 */
import { randomInt } from "node:crypto";
import { z } from "zod";
import { parseWith } from "../lib/schema.ts";
import { Secret } from "../lib/secret.ts";
import type { PasswordProof } from "../ports/document-store.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import { demand, FIELD_SCOPES, type Caller } from "./access.ts";
import type { Written } from "./desired.ts";
import { findDevice } from "./devices.ts";
import { operationId } from "./operations.ts";
import { testLogin, type LoginDeps } from "./test-login.ts";

/** Without letters and digits that people take for others; 20 of them are 115 bits. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

const schema = z
  .strictObject({
    /** The AAA takes the password of `version`. */
    aaaUpdated: z.literal(true).optional(),
    /** Find out by a login, with the `login` of an `Aaa` record. */
    testLogin: z.literal(true).optional(),
    version: z.int().min(1).optional(),
  })
  .refine(({ aaaUpdated, testLogin: tried }) => aaaUpdated === undefined || tried === undefined, {
    path: ["testLogin"],
    message: "say either aaaUpdated or testLogin: one is your word, the other is found out",
  })
  .refine(
    ({ aaaUpdated, testLogin: tried, version }) =>
      (aaaUpdated ?? tried ?? false) === (version !== undefined),
    {
      path: ["version"],
      message:
        "aaaUpdated: true or testLogin: true, and the version that it is said of, belong together",
    },
  );

/** What the API takes; the document of the API is made of the same. */
export const ROTATION_BODY = schema;

export type Rotated =
  | {
      readonly kind: "generated";
      readonly device: string;
      readonly version: number;
      /** Shown in this answer and never again. */
      readonly password: Secret;
    }
  | ({ readonly kind: "confirmed" } & Written);

export function rotationsOf(deps: LoginDeps & { readonly store: FleetStore }) {
  const { store } = deps;
  return async (
    idOrAlias: string,
    body: unknown,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Rotated> => {
    demand(caller, FIELD_SCOPES.credentials);
    const { version, testLogin: tried } = parseWith(schema, body, "rotate-credential");
    const { key, id } = await findDevice(store, idOrAlias);
    const { actor } = caller;
    if (version === undefined) {
      const password = generated();
      const made = await store.generatePassword(key, password, actor);
      return { kind: "generated", device: id, version: made.version, password };
    }
    let proof: PasswordProof = { kind: "word" };
    if (tried === true) {
      const waiting = await store.waitingPassword(key, version, actor);
      // What is in force already was proven before; nobody logs in for it.
      if (waiting !== null) proof = await testLogin(deps, waiting, version, signal);
    }
    const done = await store.confirmPassword(key, version, actor, proof);
    const name = { device: key, writer: actor.owner, generation: done.generation };
    return { kind: "confirmed", ...done, device: id, operation: operationId(name), plan: null };
  };
}

function generated(): Secret {
  const letters = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)] ?? "");
  return new Secret(letters.join(""));
}
