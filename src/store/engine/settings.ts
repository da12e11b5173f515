/** Stored `Acs` records as the engine uses them: durations in ms, shares in [0, 1], secrets resolved at last. */
import type { Kysely } from "kysely";
import { AppError } from "../../lib/errors.ts";
import type { Secret } from "../../lib/secret.ts";
import { parseDurationMs } from "../../lib/time.ts";
import type { AcsSettings } from "../../model/acs-settings.ts";
import { credentials } from "../../model/fields/credentials.ts";
import { readLimitsOf } from "../../model/read-limits.ts";
import type { ParkingCredential } from "../../model/records.ts";
import type { Database } from "../tables.ts";

/** Reads a secret that a record refers to: `{env: NAME}` or `{file: NAME}`. Throws `secret_unavailable`. */
export type ResolveSecret = (reference: unknown) => Secret;

type Spec = Readonly<Record<string, unknown>>;

const DEFAULTS = {
  mode: "observe",
  scope: "all",
  concurrency: 1,
  dutyCycle: 50,
  probeShare: 5,
  proving: "manual",
  call: "1m",
  verify: "2m",
  prove: "5m",
  firmware: "1h",
  soak: "15m",
  evidenceBudget: "1d",
} as const;

function ms(value: unknown, fallback: string): number {
  return (
    parseDurationMs(typeof value === "string" ? value : fallback) ?? parseDurationMs(fallback) ?? 0
  );
}

function authOf(spec: Spec, resolve: ResolveSecret): AcsSettings["auth"] {
  const auth = (spec["auth"] ?? { kind: "none" }) as {
    kind: string;
    username?: string;
    password?: unknown;
  };
  if (auth.kind === "none") return { kind: "none" };
  return {
    kind: auth.kind as "basic" | "usernametoken" | "both",
    username: auth.username ?? "",
    password: resolve(auth.password),
  };
}

function probeOf(spec: Spec): AcsSettings["probe"] {
  const probe = spec["probe"] as { every: string; sample: number; upTo: number } | undefined;
  if (probe === undefined) return null;
  return { everyMs: ms(probe.every, "1d"), sample: probe.sample, upTo: probe.upTo };
}

/** The spec was validated when it was applied; missing members take the defaults of a guest. */
function acsSettingsOf(
  name: string,
  revision: number,
  spec: Spec,
  resolve: ResolveSecret,
): AcsSettings {
  const at = (key: keyof typeof DEFAULTS): unknown => spec[key] ?? DEFAULTS[key];
  const deadlines = (spec["deadlines"] ?? {}) as Spec;
  return {
    name,
    revision,
    kind: String(spec["kind"]),
    address: String(spec["address"]),
    ...(typeof spec["restAddress"] === "string" ? { restAddress: spec["restAddress"] } : {}),
    auth: authOf(spec, resolve),
    mode: at("mode") === "write" ? "write" : "observe",
    scope: String(at("scope")),
    concurrency: Number(at("concurrency")),
    dutyCycle: Number(at("dutyCycle")) / 100,
    probeShare: Number(at("probeShare")) / 100,
    proving: at("proving") === "automatic" ? "automatic" : "manual",
    proveAfterMs: ms(deadlines["prove"], DEFAULTS.prove),
    callDeadlineMs: ms(deadlines["call"], DEFAULTS.call),
    verifyWithinMs: ms(deadlines["verify"], DEFAULTS.verify),
    firmwareWithinMs: ms(deadlines["firmware"], DEFAULTS.firmware),
    soakMs: ms(deadlines["soak"], DEFAULTS.soak),
    probe: probeOf(spec),
    evidenceBudgetMs: ms(spec["evidenceBudget"], DEFAULTS.evidenceBudget),
    reads: readLimitsOf(spec),
  };
}

/** An ACS whose secret cannot be read is left out and said aloud: the others go on. */
export async function loadAcsSettings(
  db: Kysely<Database>,
  resolve: ResolveSecret,
  complain: (name: string, error: AppError) => void,
): Promise<AcsSettings[]> {
  const rows = await db
    .selectFrom("records")
    .select(["name", "revision", "spec"])
    .where("kind", "=", "Acs")
    .orderBy("name")
    .execute();
  return rows.flatMap((row) => {
    try {
      return [acsSettingsOf(row.name, row.revision, row.spec, resolve)];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      complain(row.name, error);
      return [];
    }
  });
}

export function parkingOf(
  spec: Spec,
  acs: string,
  resolve: ResolveSecret,
  digest: (label: string, text: string) => string,
): ParkingCredential | null {
  const parking = spec["parkingCredential"] as
    { username: string; realm?: string; password: unknown } | undefined;
  if (parking === undefined) return null;
  const password = resolve(parking.password);
  const parsed = credentials.schema.safeParse({ ...parking, password });
  if (!parsed.success) return null;
  return { acs, credentials: parsed.data, secretDigest: digest("secret", password.open()) };
}
