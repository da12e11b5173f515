/** Which `Aaa` record answers for a NAS, with its secret. */
import { sql } from "kysely";
import { AppError } from "../lib/errors.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { Secret } from "../lib/secret.ts";
import type { AaaTarget } from "../ports/outbound.ts";
import type { Trx } from "./transaction.ts";

/** The secret that a record refers to. @throws AppError `secret_unavailable` */
export type ResolveSecret = (reference: unknown) => Secret;

/** As `manifest/kinds/aaa.ts` leaves it; validated when it was applied. */
interface Spec {
  readonly address: string;
  readonly port: number;
  readonly secret: unknown;
  readonly nas?: readonly string[];
  readonly attempts: number;
  readonly timeout: string;
  readonly settle: string;
  readonly requireMessageAuthenticator: boolean;
  readonly filterIds?: AaaTarget["filterIds"];
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
  const { rows: records } = await sql<{ name: string; spec: Spec }>`
    select name, spec from records where kind = 'Aaa' order by name`.execute(trx);
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

function targetOf(name: string, spec: Spec): Omit<AaaTarget, "secret"> {
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
