/**
 * Who may do what. A token is `plumb_<id>_<secret><checksum>`: the prefix lets secret scanners find it, the checksum
 * tells a mistyped token from a revoked one without asking the database. The secret is 32 random bytes, so a plain
 * SHA-256 of it is all that is stored: slow hashes are for passwords that people choose.
 */
import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { AppError } from "../lib/errors.ts";
import type { FieldName } from "../model/fields/index.ts";
import type { Actor } from "../ports/actor.ts";
import type { TokenStore } from "../ports/token-store.ts";
import { liesIn } from "./networks.ts";

/** Every scope with what it allows; `admin` includes all of them. */
export const SCOPES = {
  "devices:read": "devices, fleet counts and records",
  "desired:write:credentials": "credentials in the caller's own desired documents",
  "desired:write:firmware": "firmware in desired documents and profiles",
  "desired:write:frequency": "frequency plans, in desired documents, profiles and records",
  "rollouts:write": "rollouts",
  "rollouts:approve": "approval of another person's rollout",
  "findings:read": "findings with their evidence",
  "findings:decide": "decisions on findings, and the policy of misuse",
  "inventory:write": "the inventory that the rules of misuse look at: lines, NASes, orders, stock",
  "maps:write": "parameter maps, and naming the device that proves one",
  "audit:read": "history",
  "radius:ingest": "RADIUS accounting and post-auth records",
  "secrets:reveal": "reading a generated secret once",
  admin: "everything, with the Acs and Device records, holds, stop and resume",
} as const;

export type Scope = keyof typeof SCOPES;
export const SCOPE_NAMES = Object.keys(SCOPES) as [Scope, ...Scope[]];

/** The scope that a field of desired state asks for. */
export const FIELD_SCOPES: { readonly [Name in FieldName]: Scope } = {
  credentials: "desired:write:credentials",
  firmware: "desired:write:firmware",
  frequencyPlan: "desired:write:frequency",
  management: "admin",
};

/** Who asks, and what the token allows. */
export interface Caller {
  readonly actor: Actor;
  readonly scopes: readonly string[];
  /** Null: the default of the program. */
  readonly ratePerSecond: number | null;
}

interface IssuedToken {
  readonly id: string;
  /** Shown once, never stored. */
  readonly token: string;
}

export interface Access {
  /**
   * From an `Authorization` header.
   *
   * @param address of the socket; null, or left out, is in no network
   * @throws `unauthenticated`, with the same words whatever is wrong with a token
   */
  authenticate(
    authorization: string | undefined,
    requestId: string,
    address?: string | null,
  ): Promise<Caller>;
  /** For the program itself: nobody is asked, and no event is written. */
  issue(
    owner: string,
    scopes: readonly Scope[],
    more?: { readonly expiresAt?: Date | null; readonly ratePerSecond?: number | null },
  ): Promise<IssuedToken>;
  /** Makes the first admin token when there is no token at all; null when there is one. */
  firstAdminToken(): Promise<string | null>;
}

export function mayUse(caller: Caller, scope: Scope): boolean {
  return caller.scopes.includes("admin") || caller.scopes.includes(scope);
}

/** @throws `forbidden`, naming the missing scope, unless the token has one of them */
export function demand(caller: Caller, ...anyOf: readonly Scope[]): void {
  if (anyOf.some((scope) => mayUse(caller, scope))) return;
  const missing = anyOf.map((scope) => `${scope} (${SCOPES[scope]})`).join(" or ");
  throw new AppError("forbidden", `this token lacks the scope ${missing}`, {
    details: { missingScope: anyOf },
  });
}

/** Any scope that can write a desired document; each field asks for its own later. */
export function demandDesired(caller: Caller): void {
  demand(caller, ...Object.values(FIELD_SCOPES));
}

/** Each of them can write something of the fleet. */
export const WRITER_SCOPES: readonly Scope[] = [
  ...Object.values(FIELD_SCOPES),
  "maps:write",
  "findings:decide",
  "admin",
];

export function demandWriter(caller: Caller): void {
  demand(caller, ...WRITER_SCOPES);
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKSUM_LENGTH = 6;

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; rest > 0n; rest /= 62n) text = (ALPHABET[Number(rest % 62n)] ?? "") + text;
  return text.padStart(length, "0");
}

function checksum(secret: string): string {
  return base62(BigInt(crc32(secret)), CHECKSUM_LENGTH);
}

function hashOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

function random(bytes: number, length: number): string {
  return base62(BigInt(`0x${randomBytes(bytes).toString("hex")}`), length);
}

/** Undefined when a text cannot be a token of ours; the checksum has been checked otherwise. */
export function parseToken(
  text: string,
): { readonly id: string; readonly secret: string } | undefined {
  const [, id, rest] = /^plumb_([0-9A-Za-z]{1,32})_([0-9A-Za-z]{20,80})$/.exec(text) ?? [];
  if (id === undefined || rest === undefined) return undefined;
  const secret = rest.slice(0, -CHECKSUM_LENGTH);
  return checksum(secret) === rest.slice(-CHECKSUM_LENGTH) ? { id, secret } : undefined;
}

/** The text, and what is stored of it. */
export function newToken(): IssuedToken & { readonly hash: Uint8Array } {
  const id = random(6, 9);
  const secret = random(32, 43);
  return { id, token: `plumb_${id}_${secret}${checksum(secret)}`, hash: hashOf(secret) };
}

function refused(detail: string): AppError {
  return new AppError("unauthenticated", detail);
}

export function accessOf(deps: { readonly store: TokenStore; readonly now: () => Date }): Access {
  const { store, now } = deps;
  return {
    async authenticate(authorization, requestId, address = null) {
      if (authorization === undefined || authorization === "") {
        throw refused("send the header Authorization: Bearer with a token");
      }
      const text = /^bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? "";
      const parsed = parseToken(text);
      const row = parsed === undefined ? null : await store.tokenByHash(hashOf(parsed.secret));
      const expired = row?.expiresAt != null && row.expiresAt.getTime() <= now().getTime();
      const elsewhere = row !== null && row.networks.length > 0 && !liesIn(row.networks, address);
      if (row === null || row.id !== parsed?.id || row.revoked || expired || elsewhere) {
        throw refused(
          "the token is not valid: mistyped, expired, revoked, of another installation, or not for use from this network",
        );
      }
      const { id: tokenId, owner, scopes, ratePerSecond } = row;
      return { actor: { owner, tokenId, requestId }, scopes, ratePerSecond };
    },
    async issue(owner, scopes, { expiresAt = null, ratePerSecond = null } = {}) {
      const { id, token, hash } = newToken();
      await store.addToken({ id, owner, scopes, hash, expiresAt, ratePerSecond });
      return { id, token };
    },
    async firstAdminToken() {
      const { id, token, hash } = newToken();
      const made = await store.firstToken(() =>
        Promise.resolve({ id, owner: "operator", scopes: ["admin"], hash }),
      );
      return made ? token : null;
    },
  };
}
