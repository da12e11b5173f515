/**
 * Environment to configuration. Pure: the environment, the home folder and the reading of files come in as arguments.
 *
 * An empty variable counts as not set, as Compose files leave them behind. A secret may stand in a file instead:
 * `DATABASE_URL_FILE` names the file that holds what `DATABASE_URL` would. Every problem is reported at once.
 */
import { AppError, type Problem } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { Secret } from "../lib/secret.ts";
import { printSecretRef, type SecretRef } from "../manifest/kinds/parts.ts";
import type { LogLevel } from "../ports/telemetry.ts";
import { isSecretSetting, SECRET_PREFIX, SETTING_NAMES, settings } from "./settings.ts";

export { settingsHelp, settingsTable } from "./settings.ts";

/** Read by the command line, not by the server; listed so that they are not taken for slips of the pen. */
const ELSEWHERE = ["PLUMB_URL", "PLUMB_TOKEN", "PLUMB_CONTEXT"];
/** Editors end a file with a line break, and no secret of ours does. */
const LAST_BREAK = /\r?\n$/;

export interface Config {
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: Secret | null;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly keyringFile: string | null;
  readonly secretsDir: string | null;
  /** By the whole name of the variable: `PLUMB_SECRET_ACS`. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly sentryDsn: Secret | null;
  readonly logLevel: LogLevel;
  /** To be logged: names that look like a setting and are none. Not an error: clusters set names of their own. */
  readonly warnings: readonly string[];
}

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** The text of a file; may throw. Called for `*_FILE` only. */
  readonly readFile: (path: string) => string;
}

/** @throws AppError `bad_config` with every problem, each beginning with the variable that it came from */
export function loadConfig(sources: ConfigSources): Config {
  const problems: Problem[] = [];
  const raw: Record<string, string | undefined> = {};
  for (const name of SETTING_NAMES) raw[name] = valueOf(name, sources, problems);
  const parsed = settings.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      problems.push(problem(sourceOf(String(issue.path[0]), sources.env), issue.message));
    }
  }
  if (raw["DATABASE_URL"] !== undefined && raw["PLUMB_KEYRING_FILE"] === undefined) {
    const why = "is needed with DATABASE_URL: losing a key ring that was made by itself would";
    problems.push(problem("PLUMB_KEYRING_FILE", `${why} lose every secret in that database`));
  }
  const secrets = secretsOf(sources, problems);
  if (!parsed.success || problems.length > 0) throw refusal(problems);
  const config = parsed.data;
  return {
    databaseUrl: config.DATABASE_URL ?? null,
    host: config.HOST,
    port: config.PORT,
    dataDir: config.PLUMB_DATA_DIR ?? defaultDataDir(sources),
    keyringFile: config.PLUMB_KEYRING_FILE ?? null,
    secretsDir: config.PLUMB_SECRETS_DIR ?? null,
    secrets,
    sentryDsn: config.SENTRY_DSN ?? null,
    logLevel: config.LOG_LEVEL,
    warnings: slipsIn(sources.env),
  };
}

function problem(source: string, message: string): Problem {
  return { pointer: `/${source}`, code: "bad_config", message: `${source} ${message}` };
}

function refusal(problems: readonly Problem[]): AppError {
  const list = problems.map(({ message }) => `\n  ${message}`).join("");
  return new AppError("bad_config", `The configuration is not valid:${list}`, { problems });
}

function given(env: ConfigSources["env"], name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}

function sourceOf(name: string, env: ConfigSources["env"]): string {
  return isSecretSetting(name) && given(env, name) === undefined ? `${name}_FILE` : name;
}

/** The value of a setting, from the variable or from the file that `*_FILE` names; both at once is a problem. */
function valueOf(name: string, sources: ConfigSources, problems: Problem[]): string | undefined {
  const direct = given(sources.env, name);
  const path = isSecretSetting(name) ? given(sources.env, `${name}_FILE`) : undefined;
  if (path === undefined) return direct;
  if (direct !== undefined) {
    problems.push(problem(name, `and ${name}_FILE are both set; keep one`));
    return direct;
  }
  try {
    const content = sources.readFile(path).replace(LAST_BREAK, "");
    if (content !== "") return content;
    problems.push(problem(`${name}_FILE`, "names an empty file"));
  } catch (error) {
    const code = (error as { code?: unknown } | null)?.code;
    const why = typeof code === "string" ? ` (${code})` : "";
    problems.push(problem(`${name}_FILE`, `names a file that cannot be read${why}`));
  }
  return undefined;
}

function secretsOf(sources: ConfigSources, problems: Problem[]): ReadonlyMap<string, Secret> {
  const given = Object.keys(sources.env).filter((name) => name.startsWith(SECRET_PREFIX));
  const names = new Set(given.map((name) => name.replace(/_FILE$/, "")).sort());
  const secrets = new Map<string, Secret>();
  for (const name of names) {
    const value = valueOf(name, sources, problems);
    if (value !== undefined) secrets.set(name, new Secret(value));
  }
  return secrets;
}

function defaultDataDir({ env, home }: ConfigSources): string {
  const xdg = given(env, "XDG_DATA_HOME");
  // The XDG specification says that a relative path is to be ignored.
  return `${xdg?.startsWith("/") === true ? xdg : `${home}/.local/share`}/plumbline`;
}

function slipsIn(env: ConfigSources["env"]): readonly string[] {
  const known = [...SETTING_NAMES, ...ELSEWHERE];
  return Object.keys(env)
    .filter((name) => name.startsWith("PLUMB_") && !name.startsWith(SECRET_PREFIX))
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const hint = didYouMean(name, known);
      return hint === "" ? [] : [`${name} is set and means nothing here.${hint}`];
    })
    .sort();
}

/**
 * The secret that a record refers to.
 *
 * @throws AppError `secret_unavailable` that says what to set; never with the secret
 */
export function resolveSecret(
  ref: SecretRef,
  config: Pick<Config, "secrets" | "secretsDir">,
  readFile: ConfigSources["readFile"],
): Secret {
  const unavailable = (why: string): AppError =>
    new AppError("secret_unavailable", `The secret ${printSecretRef(ref)} ${why}`);
  if ("env" in ref) {
    const found = config.secrets.get(ref.env);
    if (found === undefined) throw unavailable("is not set: set the variable and start again");
    return found;
  }
  if (config.secretsDir === null) throw unavailable("needs PLUMB_SECRETS_DIR, which is not set");
  let content: string;
  try {
    content = readFile(`${config.secretsDir}/${ref.file}`).replace(LAST_BREAK, "");
  } catch {
    throw unavailable("cannot be read: is the file in PLUMB_SECRETS_DIR, and readable?");
  }
  if (content === "") throw unavailable("is an empty file");
  return new Secret(content);
}
