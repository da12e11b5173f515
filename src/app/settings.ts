/**
 * The settings, one entry each: name, what is allowed, unit, default, meaning. `--help` and the README's table are
 * printed from here. Reading them is `config.ts`.
 */
import { z } from "zod";
import { Secret } from "../lib/secret.ts";

interface SettingFacts {
  readonly unit: string;
  readonly default: string;
  readonly meaning: string;
  /** May also be given as `*_FILE`. */
  readonly secret: boolean;
}

const facts = z.registry<SettingFacts>();
const text = z.string().min(1);

function setting<T extends z.ZodType>(schema: T, about: Omit<SettingFacts, "secret">): T {
  facts.add(schema, { ...about, secret: false });
  return schema;
}

/** A value of this pattern, wrapped at once. Its message never holds the value. */
function secret(pattern: RegExp, says: string, about: Omit<SettingFacts, "secret">) {
  const schema = z
    .string()
    .regex(pattern, says)
    .transform((value) => new Secret(value))
    .optional();
  facts.add(schema, { ...about, secret: true });
  return schema;
}

export const settings = z.object({
  DATABASE_URL: secret(/^postgres(ql)?:\/\/./, "must begin with postgres:// or postgresql://", {
    unit: "URL",
    default: "the embedded PostgreSQL",
    meaning: "a PostgreSQL of your own; then PLUMB_KEYRING_FILE is needed too",
  }),
  HOST: setting(text.regex(/^\S+$/, "must be a host name or an address").default("127.0.0.1"), {
    unit: "address",
    default: "127.0.0.1",
    meaning: "where the API listens; 0.0.0.0 for every interface",
  }),
  PORT: setting(
    z
      .string()
      .regex(/^\d{1,5}$/, "must be a whole number from 0 to 65535")
      .transform(Number)
      .refine((port) => port <= 65_535, "must be a whole number from 0 to 65535")
      .default(8080),
    { unit: "TCP port", default: "8080", meaning: "0 lets the system choose one" },
  ),
  PLUMB_DATA_DIR: setting(text.optional(), {
    unit: "path",
    default: "${XDG_DATA_HOME:-~/.local/share}/plumbline",
    meaning: "embedded database, its key ring, admin token, STOP file",
  }),
  PLUMB_KEYRING_FILE: setting(text.optional(), {
    unit: "path",
    default: "made in the data folder, with the embedded database only",
    meaning: "keys that seal secrets at rest; keep a copy apart from the database's backups",
  }),
  PLUMB_SECRETS_DIR: setting(text.optional(), {
    unit: "path",
    default: "none",
    meaning: "folder of the files that manifests name as {file: NAME}",
  }),
  SENTRY_DSN: secret(/^https?:\/\/[^@\s]+@\S+\/\d+$/, "must be https://KEY@HOST/PROJECT", {
    unit: "URL",
    default: "none: nothing is sent",
    meaning: "where our own mistakes are reported",
  }),
  LOG_LEVEL: setting(z.enum(["debug", "info", "warn", "error"]).default("info"), {
    unit: "word",
    default: "info",
    meaning: "least level that is logged: debug, info, warn, error",
  }),
});

type SettingName = keyof typeof settings.shape;
export const SETTING_NAMES = Object.keys(settings.shape) as SettingName[];
export const SECRET_PREFIX = "PLUMB_SECRET_";

const SECRET_FACTS: SettingFacts & { readonly name: string } = {
  name: `${SECRET_PREFIX}*`,
  unit: "text",
  default: "none",
  meaning: "secrets that manifests name as {env: PLUMB_SECRET_…}",
  secret: true,
};

/** May it come as `*_FILE`, and must it never be shown? */
export function isSecretSetting(name: string): boolean {
  if (name.startsWith(SECRET_PREFIX)) return true;
  const schema = settings.shape[name as SettingName] as z.ZodType | undefined;
  return schema !== undefined && facts.get(schema)?.secret === true;
}

type Row = SettingFacts & { readonly name: string };

function rows(): Row[] {
  const known = SETTING_NAMES.map((name): Row => ({
    name,
    ...(facts.get(settings.shape[name]) as SettingFacts),
  }));
  return [...known, SECRET_FACTS];
}

/** For the README: one row for each setting. */
export function settingsTable(): string {
  const cells = rows().map(({ name, unit, default: fallback, meaning, secret: hidden }) => [
    hidden ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``,
    unit,
    fallback.startsWith("${") ? `\`${fallback}\`` : fallback,
    meaning,
  ]);
  const head = [["setting", "unit", "default", "meaning"], Array<string>(4).fill("---")];
  return [...head, ...cells].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** For `--help`: two lines for each setting. */
export function settingsHelp(): string {
  return rows()
    .map(({ name, unit, default: fallback, meaning, secret: hidden }) => {
      const file = hidden ? ` (or ${name}_FILE)` : "";
      return `  ${name}${file}  ${unit}, default: ${fallback}\n      ${meaning}`;
    })
    .join("\n");
}
