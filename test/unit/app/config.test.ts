import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  loadConfig,
  resolveSecret,
  settingsHelp,
  settingsTable,
  type ConfigSources,
} from "../../../src/app/config.ts";
import { AppError } from "../../../src/lib/errors.ts";

const CANARY = "canary-pa55";
const FILES: Record<string, string> = {
  "/run/url": `postgres://plumb:${CANARY}@db/plumb\n`,
  "/run/empty": "\n",
  "/run/secrets/acs": `${CANARY}\r\n`,
};

function sources(env: ConfigSources["env"]): ConfigSources {
  return {
    env,
    home: "/home/ops",
    readFile(path) {
      const text = FILES[path];
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return text;
    },
  };
}

function problemsOf(env: ConfigSources["env"]): string[] {
  try {
    loadConfig(sources(env));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe("bad_config");
    expect(inspect(error)).not.toContain(CANARY);
    return error.problems.map(({ message }) => message);
  }
  return [];
}

it("an empty environment is the embedded database on the loopback", () => {
  expect(loadConfig(sources({ HOST: "", DATABASE_URL: "" }))).toEqual({
    databaseUrl: null,
    host: "127.0.0.1",
    port: 8080,
    dataDir: "/home/ops/.local/share/plumbline",
    keyringFile: null,
    secretsDir: null,
    secrets: new Map(),
    sentryDsn: null,
    logLevel: "info",
    warnings: [],
  });
});

it.for([
  { xdg: "/data", want: "/data/plumbline" },
  { xdg: "data", want: "/home/ops/.local/share/plumbline" },
])("XDG_DATA_HOME=$xdg puts the data into $want", ({ xdg, want }) => {
  expect(loadConfig(sources({ XDG_DATA_HOME: xdg })).dataDir).toBe(want);
});

it("a secret may come from the environment or from a file, without its last line break", () => {
  const config = loadConfig(
    sources({
      DATABASE_URL_FILE: "/run/url",
      PLUMB_KEYRING_FILE: "/run/keyring",
      PLUMB_SECRET_PARKING: "p",
      PLUMB_SECRET_ACS_FILE: "/run/secrets/acs",
      SENTRY_DSN: "https://key@sentry.example/7",
    }),
  );
  expect(config.databaseUrl?.open()).toBe(`postgres://plumb:${CANARY}@db/plumb`);
  expect(config.secrets.get("PLUMB_SECRET_ACS")?.open()).toBe(CANARY);
  expect([...config.secrets.keys()]).toEqual(["PLUMB_SECRET_ACS", "PLUMB_SECRET_PARKING"]);
  expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain(CANARY);
});

describe("what is wrong is said with its source", () => {
  it.for([
    { env: { PORT: "80a" }, want: [/^PORT must be a whole number/] },
    { env: { PORT: "70000" }, want: [/^PORT must be a whole number/] },
    { env: { LOG_LEVEL: "loud" }, want: [/^LOG_LEVEL /] },
    { env: { HOST: "a b" }, want: [/^HOST must be/] },
    { env: { SENTRY_DSN: CANARY }, want: [/^SENTRY_DSN must be https/] },
    {
      env: { DATABASE_URL: "postgres://db/plumb" },
      want: [/^PLUMB_KEYRING_FILE is needed with DATABASE_URL/],
    },
    {
      env: { DATABASE_URL: `mysql://x:${CANARY}@db`, PLUMB_KEYRING_FILE: "/k" },
      want: [/^DATABASE_URL must begin with postgres/],
    },
    {
      env: { SENTRY_DSN_FILE: "/run/url" },
      want: [/^SENTRY_DSN_FILE must be https/],
    },
    {
      env: { PLUMB_SECRET_A: CANARY, PLUMB_SECRET_A_FILE: "/run/secrets/acs" },
      want: [/^PLUMB_SECRET_A and PLUMB_SECRET_A_FILE are both set/],
    },
    { env: { PLUMB_SECRET_A_FILE: "/nowhere" }, want: [/^PLUMB_SECRET_A_FILE .*\(ENOENT\)/] },
    { env: { DATABASE_URL_FILE: "/run/empty" }, want: [/^DATABASE_URL_FILE names an empty file/] },
    {
      env: {
        PORT: "-1",
        LOG_LEVEL: "x",
        DATABASE_URL: "postgres://db/p",
        PLUMB_SECRET_B_FILE: "/no",
      },
      want: [/^PORT/, /^LOG_LEVEL/, /^PLUMB_KEYRING_FILE/, /^PLUMB_SECRET_B_FILE/],
    },
  ])("$env", ({ env, want }) => {
    const found = problemsOf(env);
    expect(found).toHaveLength(want.length);
    for (const [index, pattern] of want.entries()) expect(found[index]).toMatch(pattern);
  });
});

it("a slip of the pen is a warning, since clusters set names of their own", () => {
  const { warnings } = loadConfig(
    sources({ PLUMB_DATADIR: "/x", PLUMB_SERVICE_PORT_8080_TCP: "1", PLUMB_TOKEN: CANARY }),
  );
  expect(warnings).toEqual([
    'PLUMB_DATADIR is set and means nothing here. Did you mean "PLUMB_DATA_DIR"?',
  ]);
});

describe("a reference to a secret", () => {
  const { readFile } = sources({});
  const config = loadConfig(
    sources({ PLUMB_SECRET_ACS: CANARY, PLUMB_SECRETS_DIR: "/run/secrets" }),
  );
  it.for([{ env: "PLUMB_SECRET_ACS" }, { file: "acs" }])("%o is resolved", (ref) => {
    expect(resolveSecret(ref as { env: string }, config, readFile).open()).toBe(CANARY);
  });
  it.for([
    { ref: { env: "PLUMB_SECRET_NO" }, dir: "/run/secrets", why: /is not set/ },
    { ref: { file: "no" }, dir: "/run/secrets", why: /cannot be read/ },
    { ref: { file: "acs" }, dir: null, why: /needs PLUMB_SECRETS_DIR/ },
    { ref: { file: "empty" }, dir: "/run", why: /empty file/ },
  ])("$ref in $dir: $why", ({ ref, dir, why }) => {
    const attempt = (): unknown => resolveSecret(ref, { ...config, secretsDir: dir }, readFile);
    expect(attempt).toThrow(why);
    expect(attempt).toThrow(expect.objectContaining({ code: "secret_unavailable" }));
  });
});

it("the table and the help name every setting with unit, default and meaning", () => {
  const names = ["DATABASE_URL", "HOST", "PORT", "PLUMB_DATA_DIR", "PLUMB_KEYRING_FILE"];
  for (const name of [...names, "PLUMB_SECRETS_DIR", "PLUMB_SECRET_*", "SENTRY_DSN", "LOG_LEVEL"]) {
    expect(settingsTable()).toContain(`\`${name}\``);
    expect(settingsHelp()).toContain(`  ${name}`);
  }
  const rows = settingsTable().split("\n");
  expect(new Set(rows.map((row) => row.split(" | ").length))).toEqual(new Set([4]));
  expect(settingsTable()).toContain("`DATABASE_URL_FILE`");
});
