/** Tokens for people who run the server: made, listed, rotated, revoked. Each is shown once, by the call that makes it. */
import { z } from "zod";
import { parseWith } from "../lib/schema.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { FleetStore } from "../ports/fleet-store.ts";
import type { TokenView } from "../ports/token-store.ts";
import { demand, newToken, SCOPE_NAMES, type Caller } from "./access.ts";
import { parseNetwork } from "./networks.ts";

const DAY_MS = 86_400_000;
const LONGEST_MS = 3_660 * DAY_MS;
/** Long enough to carry a new token to every machine, short enough to be ended by itself. */
const OVERLAP = "1d";
const LONGEST_OVERLAP_MS = 30 * DAY_MS;

const duration = (leastMs: number, mostMs: number, says: string) =>
  z.string().transform((text, context): number => {
    const ms = parseDurationMs(text);
    if (ms !== undefined && ms >= leastMs && ms <= mostMs) return ms;
    context.addIssue({ code: "custom", message: says });
    return z.NEVER;
  });
const expiresIn = duration(60_000, LONGEST_MS, "must be a duration such as 90d, at most 3660d");

const createSchema = z.strictObject({
  owner: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "must be 1 to 64 letters, digits, dots, - or _")
    // Its name stands in history for what nobody asked for.
    .refine((name) => name !== "controller", "is the name of the controller itself"),
  scopes: z.array(z.enum(SCOPE_NAMES)).min(1).max(SCOPE_NAMES.length),
  expiresIn: expiresIn.optional(),
  networks: z
    .array(
      z
        .string()
        .refine(
          (text) => parseNetwork(text) !== undefined,
          "must be a network such as 10.8.0.0/24, or an address",
        ),
    )
    .max(100)
    .default([]),
  ratePerSecond: z.int().min(1).max(100_000).nullish(),
});

const rotateSchema = z.strictObject({
  overlap: duration(0, LONGEST_OVERLAP_MS, "must be a duration such as 1d, at most 30d").default(
    parseDurationMs(OVERLAP) ?? DAY_MS,
  ),
  expiresIn: expiresIn.optional(),
});

/** What the API takes; the document of the API is made of the same. */
export const TOKEN_BODIES = { create: createSchema, rotate: rotateSchema };

interface Issued {
  /** Never again. */
  readonly text: string;
  readonly token: TokenView;
}

export interface Tokens {
  list(caller: Caller): Promise<readonly TokenView[]>;
  create(body: unknown, caller: Caller): Promise<Issued>;
  /** @throws `token_not_current` */
  rotate(
    id: string,
    body: unknown,
    caller: Caller,
  ): Promise<Issued & { readonly replaced: TokenView }>;
  /** Good until the next look of a server: at most a second. */
  revoke(id: string, caller: Caller): Promise<TokenView>;
}

export function tokensOf({ store }: { readonly store: FleetStore }): Tokens {
  return {
    async list(caller) {
      demand(caller, "admin");
      return await store.tokens();
    },
    async create(body, caller) {
      demand(caller, "admin");
      const given = parseWith(createSchema, body, "token");
      const { owner, networks, ratePerSecond = null, expiresIn: expiresInMs = null } = given;
      const scopes = [...new Set(given.scopes)];
      const { id, hash, token: text } = newToken();
      const wanted = { id, hash, owner, scopes, networks, ratePerSecond, expiresInMs };
      return { text, token: await store.createToken(wanted, caller.actor) };
    },
    async rotate(id, body, caller) {
      demand(caller, "admin");
      const given = parseWith(rotateSchema, body, "rotate");
      const { id: nextId, hash, token: text } = newToken();
      const next = {
        ...{ id: nextId, hash },
        ...(given.expiresIn === undefined ? {} : { expiresInMs: given.expiresIn }),
      };
      return { text, ...(await store.rotateToken(id, next, given.overlap, caller.actor)) };
    },
    async revoke(id, caller) {
      demand(caller, "admin");
      return await store.revokeToken(id, caller.actor);
    },
  };
}
