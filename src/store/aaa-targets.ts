/** Which `Aaa` record answers for a NAS, and which tries the logins of a realm, with their secrets. */
import { sql, type Kysely } from "kysely";
import { AppError } from "../lib/errors.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { Secret } from "../lib/secret.ts";
import type { AaaTarget, LoginTarget } from "../ports/outbound.ts";
import type { Database } from "./tables.ts";
import type { Trx } from "./transaction.ts";

/** The secret that a record refers to. @throws AppError `secret_unavailable` */
export type ResolveSecret = (reference: unknown) => Secret;

/** As `manifest/kinds/aaa.ts` leaves it; validated when it was applied. */
interface Spec {
  /** Undefined: it ends no sessions. */
  readonly address?: string;
  readonly port: number;
  readonly secret: unknown;
  readonly nas?: readonly string[];
  readonly attempts: number;
  readonly timeout: string;
  readonly settle: string;
  readonly requireMessageAuthenticator: boolean;
  readonly filterIds?: AaaTarget["filterIds"];
  readonly login?: LoginSpec;
}

interface LoginSpec {
  readonly address: string;
  readonly port: number;
  readonly secret: unknown;
  readonly nasIdentifier: string;
  readonly method: LoginTarget["method"];
  readonly realms?: readonly string[];
  readonly attempts: number;
  readonly timeout: string;
  readonly requireMessageAuthenticator: boolean;
}

interface Nas {
  readonly nas: string | null;
  readonly nas_address: string | null;
  readonly source_address: string | null;
}

/** @returns null: none answers for it; `hindrance`: one does, and its secret is not there */
export type TargetOf = (
  nas: Nas,
) => { readonly target: AaaTarget } | { readonly hindrance: string } | null;

/** Records that name the NAS come before those that name none, and by name. */
export async function targetsOf(trx: Trx, resolve: ResolveSecret): Promise<TargetOf> {
  const records = (await recordsOf(trx)).flatMap(({ name, spec }) => {
    const { address } = spec;
    return address === undefined ? [] : [{ name, spec: { ...spec, address } }];
  });
  return ({ nas, nas_address: claimed, source_address: source }) => {
    const names = [nas, claimed, source];
    const found =
      records.find(({ spec }) => spec.nas?.some((one) => names.includes(one)) === true) ??
      records.find(({ spec }) => spec.nas === undefined);
    if (found === undefined) return null;
    const { name, spec } = found;
    try {
      return { target: { ...targetOf(name, spec), secret: resolve(spec.secret) } };
    } catch (error) {
      if (error instanceof AppError) return { hindrance: error.message };
      throw error;
    }
  };
}

/**
 * Records that name the realm come before those that name none, and by name. @returns null: no login can be tried
 *
 * @throws AppError `secret_unavailable`
 */
export async function loginTarget(
  db: Kysely<Database>,
  realm: string,
  resolve: ResolveSecret,
): Promise<LoginTarget | null> {
  const all = (await recordsOf(db)).flatMap(({ name, spec: { login } }) =>
    login === undefined ? [] : [{ name, login }],
  );
  const wanted = realm.toLowerCase();
  const found =
    all.find(({ login }) => login.realms?.some((one) => one.toLowerCase() === wanted) === true) ??
    all.find(({ login }) => login.realms === undefined);
  if (found === undefined) return null;
  const { name, login } = found;
  return {
    name,
    host: login.address,
    port: login.port,
    secret: resolve(login.secret),
    nasIdentifier: login.nasIdentifier,
    method: login.method,
    attempts: login.attempts,
    timeoutMs: parseDurationMs(login.timeout) ?? 1_000,
    strict: login.requireMessageAuthenticator,
  };
}

async function recordsOf(
  db: Kysely<Database>,
): Promise<readonly { readonly name: string; readonly spec: Spec }[]> {
  const { rows } = await sql<{ name: string; spec: Spec }>`
    select name, spec from records where kind = 'Aaa' order by name`.execute(db);
  return rows;
}

function targetOf(
  name: string,
  spec: Spec & { readonly address: string },
): Omit<AaaTarget, "secret"> {
  return {
    name,
    host: spec.address,
    port: spec.port,
    attempts: spec.attempts,
    timeoutMs: parseDurationMs(spec.timeout) ?? 2_000,
    strict: spec.requireMessageAuthenticator,
    settleMs: parseDurationMs(spec.settle) ?? 0,
    filterIds: spec.filterIds ?? null,
  };
}
