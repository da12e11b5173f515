import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/lib/errors.ts";
import type { FleetStore } from "../../../src/ports/fleet-store.ts";
import type { TokenRow } from "../../../src/ports/token-store.ts";
import { accessOf, demand, parseToken } from "../../../src/service/access.ts";
import { rememberingAccess } from "../../../src/service/remember-caller.ts";

const EVERYWHERE = { networks: [], ratePerSecond: null };
const NOW = new Date("2026-11-22T21:00:00Z");

/** Tokens only; every other verb of the store would be a mistake here. */
function tokenStore() {
  const rows = new Map<string, TokenRow>();
  const key = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");
  const store = {
    tokenByHash: (hash: Uint8Array) => Promise.resolve(rows.get(key(hash)) ?? null),
    addToken: (token: Parameters<FleetStore["addToken"]>[0]) => {
      rows.set(key(token.hash), { ...token, ...EVERYWHERE, revoked: false });
      return Promise.resolve();
    },
    firstToken: async (make: Parameters<FleetStore["firstToken"]>[0]) => {
      if (rows.size > 0) return false;
      const token = await make();
      rows.set(key(token.hash), { ...token, ...EVERYWHERE, expiresAt: null, revoked: false });
      return true;
    },
  } as unknown as FleetStore;
  return { rows, access: accessOf({ store, now: () => NOW }) };
}

const codeOf = (error: unknown): string => (error instanceof AppError ? error.code : "none");

describe("tokens", () => {
  it("are made once, work, and are stored without their secret", async () => {
    const { access, rows } = tokenStore();
    const token = await access.firstAdminToken();
    expect(token).toMatch(/^plumb_[0-9A-Za-z]{9}_[0-9A-Za-z]{49}$/);
    expect(await access.firstAdminToken()).toBeNull();
    const caller = await access.authenticate(`Bearer ${token ?? ""}`, "req-1");
    expect(caller.scopes).toEqual(["admin"]);
    expect(caller.actor).toMatchObject({ owner: "operator", requestId: "req-1" });
    const secret = (token ?? "").split("_")[2] ?? "";
    expect(JSON.stringify([...rows])).not.toContain(secret.slice(0, 20));
  });

  it.for([
    ["no header", () => undefined],
    ["an empty header", () => ""],
    ["another scheme", (token: string) => `Basic ${token}`],
    ["no scheme", (token: string) => token],
    ["a changed character", (token: string) => `Bearer ${token.slice(0, -8)}xx${token.slice(-6)}`],
    ["a changed checksum", (token: string) => `Bearer ${token.slice(0, -2)}zz`],
    ["another id", (token: string) => `Bearer ${token.replace(/_.{9}_/, "_000000000_")}`],
    ["two tokens", (token: string) => `Bearer ${token} ${token}`],
  ] as const)("are refused with 401: %s", async ([, header]) => {
    const { access } = tokenStore();
    const { token } = await access.issue("billing", ["devices:read"]);
    const refused = await access.authenticate(header(token), "r").catch(codeOf);
    expect(refused).toBe("unauthenticated");
  });

  it("end when they expire or are revoked", async () => {
    const { access, rows } = tokenStore();
    const expired = await access.issue("billing", ["devices:read"], { expiresAt: NOW });
    expect(await access.authenticate(`Bearer ${expired.token}`, "r").catch(codeOf)).toBe(
      "unauthenticated",
    );
    const revoked = await access.issue("billing", ["devices:read"]);
    for (const [hash, row] of rows) rows.set(hash, { ...row, revoked: true });
    expect(await access.authenticate(`Bearer ${revoked.token}`, "r").catch(codeOf)).toBe(
      "unauthenticated",
    );
  });

  it("with networks are good from there only, by the address of the socket", async () => {
    const { access, rows } = tokenStore();
    const { token } = await access.issue("billing", ["devices:read"]);
    for (const [hash, row] of rows) rows.set(hash, { ...row, networks: ["10.8.0.0/24"] });
    const from = async (address?: string | null) =>
      await access.authenticate(`Bearer ${token}`, "r", address).then(() => "in", codeOf);
    expect(await Promise.all([from("10.8.0.7"), from("::ffff:10.8.0.7")])).toEqual(["in", "in"]);
    const refused = await Promise.all([from("10.8.1.7"), from("::1"), from(null), from()]);
    expect(new Set(refused)).toEqual(new Set(["unauthenticated"]));
  });

  it("that are remembered are remembered for one address", async () => {
    const { access, rows } = tokenStore();
    const { token } = await access.issue("radius", ["radius:ingest"]);
    for (const [hash, row] of rows) rows.set(hash, { ...row, networks: ["10.8.0.0/24"] });
    const authenticate = rememberingAccess(access, () => 0);
    const from = async (address: string) =>
      await authenticate(`Bearer ${token}`, "r", address).then(() => "in", codeOf);
    expect([await from("10.8.0.7"), await from("10.9.0.7"), await from("10.8.0.7")]).toEqual([
      "in",
      "unauthenticated",
      "in",
    ]);
  });

  it("never make the parser throw", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseToken(text)).not.toThrow();
        expect(() => parseToken(`plumb_${text}`)).not.toThrow();
      }),
    );
  });
});

describe("scopes", () => {
  const actor = { owner: "o", tokenId: "t", requestId: "r" };
  it("are demanded by name, and admin has all of them", () => {
    const reader = { actor, scopes: ["devices:read"], ratePerSecond: null };
    expect(() => {
      demand(reader, "devices:read");
    }).not.toThrow();
    expect(() => {
      demand(reader, "maps:write", "audit:read");
    }).toThrow(/maps:write \(.+\) or audit:read \(/);
    expect(() => {
      demand({ actor, scopes: ["admin"], ratePerSecond: null }, "maps:write");
    }).not.toThrow();
  });
});
