/**
 * A real FreeRADIUS as Debian ships it, with the pieces of `src/fraud/freeradius.md` put where that page says. Changed for
 * the test are folders and ports alone, so that it is the configuration of the page that is tried and none of our own.
 *
 * `FREERADIUS_ROOT` is a folder with its `usr` and `etc`, when that is not `/`.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const ROOT = process.env["FREERADIUS_ROOT"] ?? "";
const SHIPPED = `${ROOT}/etc/freeradius/3.0`;
const DICTIONARIES = ["-D", `${ROOT}/usr/share/freeradius`];

/** What has to be there and is not. */
export const missingOfFreeradius: readonly string[] = [
  ...["sbin/freeradius", "bin/radclient", "lib/freeradius/rlm_rest.so"].map((one) => `usr/${one}`),
  "etc/freeradius/3.0/radiusd.conf",
]
  .map((file) => `${ROOT}/${file}`)
  .filter((file) => !existsSync(file));

export const NAS_SECRET = "lab-only-secret";
const [AUTH, ACCT, INNER] = [28_120, 28_130, 28_140];
export const AUTH_PORT = AUTH;

/** The blocks of the page, by what stands behind their fence. */
function block(name: string): string {
  const page = readFileSync(join(import.meta.dirname, "../../src/fraud/freeradius.md"), "utf8");
  const found = new RegExp(`\`\`\`radius-${name}\\n(.*?)\`\`\``, "s").exec(page)?.[1];
  if (found === undefined) throw new Error(`the page has no block ${name}`);
  return found;
}

function edit(file: string, changes: readonly (readonly [RegExp, string])[]): void {
  let text = readFileSync(file, "utf8").replaceAll(/^\s*#.*\n/gm, "");
  for (const [found, put] of changes) {
    if (!found.test(text)) throw new Error(`${file} has no ${String(found)}: is it Debian's?`);
    text = text.replace(found, put);
  }
  writeFileSync(file, text);
}

/** The table "Lines in your own site" of the page; the last line of a section stands before its closing brace. */
const REJECT_LAST = [
  /(Post-Auth-Type REJECT \{[^{}]*(?:\{[^{}]*\}[^{}]*)?)\}/,
  "$1plumbline_login\n}",
] as const;
const IN_DEFAULT = [
  [/(\nauthorize \{)/, "$1\npreprocess\n"],
  [/(\npreacct \{\s*preprocess\s*acct_unique)/, "$1\nplumbline_stamp\n"],
  [/(\naccounting \{)/, "$1\nplumbline_spool\n"],
  REJECT_LAST,
  [/\}\s*\npre-proxy \{/, "plumbline_login\n}\npre-proxy {"],
] as const;
const IN_TUNNEL = [
  REJECT_LAST,
  [/\}\s*\npre-proxy \{/, "plumbline_login\n}\npre-proxy {"],
] as const;

/** Ports and addresses of the test; it may run as anybody, and beside a FreeRADIUS that serves. */
function put(folder: string, users: string): string {
  const raddb = join(folder, "raddb");
  cpSync(SHIPPED, raddb, { recursive: true, verbatimSymlinks: true });
  const paths = [
    ["logdir", "log"],
    ["run_dir", "run"],
    ["localstatedir", "var"],
  ] as const;
  for (const [, name] of paths) mkdirSync(join(folder, name), { recursive: true });
  edit(join(raddb, "radiusd.conf"), [
    [/^prefix = .*$/m, `prefix = ${ROOT}/usr`],
    [/^libdir = .*$/m, `libdir = ${ROOT}/usr/lib/freeradius`],
    [/^raddbdir = .*$/m, `raddbdir = ${raddb}`],
    ...paths.map(
      ([key, name]) => [new RegExp(`^${key} = .*$`, "m"), `${key} = ${folder}/${name}`] as const,
    ),
    [/^\s*user = .*$/m, ""],
    [/^\s*group = .*$/m, ""],
    [/^\s*reject_delay = .*$/m, "reject_delay = 0"],
    [/^proxy_requests .*$/m, "proxy_requests = no"],
  ]);
  const listens = (kind: string, port: number) =>
    `listen {\n type = ${kind}\n ipaddr = 127.0.0.1\n port = ${port}\n}\n`;
  edit(join(raddb, "sites-available/default"), [
    [/\nlisten \{[^]*?(?=\nauthorize \{)/, `\n${listens("auth", AUTH)}${listens("acct", ACCT)}`],
    ...IN_DEFAULT,
  ]);
  edit(join(raddb, "sites-available/inner-tunnel"), [
    [/port = \d+/, `port = ${INNER}`],
    ...IN_TUNNEL,
  ]);
  // The only client, so that what a NAS of the test sends has its secret and its rule, too.
  writeFileSync(join(raddb, "clients.conf"), block("client"));
  writeFileSync(join(raddb, USERS), users);
  writeFileSync(join(raddb, "mods-enabled/plumbline"), block("modules"));
  writeFileSync(join(raddb, "policy.d/plumbline"), block("policy"));
  writeFileSync(join(raddb, "sites-enabled/plumbline"), block("site"));
  return raddb;
}

const USERS = "mods-config/files/authorize";

export interface Freeradius {
  /** Known from the next start on. */
  know(users: string): void;
  log(): string;
  /** As a power cut does. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export function freeradius(
  folder: string,
  setting: { readonly users: string; readonly url: string; readonly token: string },
): Freeradius {
  const raddb = put(folder, setting.users);
  const log = join(folder, "log/radius.log");
  let child: ChildProcess | null = null;
  const read = () => (existsSync(log) ? readFileSync(log, "utf8") : "");
  const ready = () => read().split("Ready to process").length;
  return {
    log: read,
    know(users) {
      writeFileSync(join(raddb, USERS), users);
    },
    async kill() {
      if (child?.exitCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
    async start() {
      const before = ready();
      child = spawn(`${ROOT}/usr/sbin/freeradius`, ["-f", "-d", raddb, ...DICTIONARIES], {
        stdio: "inherit",
        env: {
          ...process.env,
          PLUMB_RADIUS_TOKEN: setting.token,
          PLUMB_RADIUS_URL: setting.url,
          PLUMB_LOGIN_SECRET: NAS_SECRET,
        },
      });
      for (let tries = 0; ready() === before; tries += 1) {
        if (child.exitCode !== null || tries > 300)
          throw new Error(`it does not start:\n${read()}`);
        await sleep(100);
      }
    },
  };
}

/** What a NAS sends. @returns what radclient prints: the request and the answer */
export async function radclient(
  kind: "auth" | "acct",
  attributes: readonly string[],
): Promise<string> {
  const address = `127.0.0.1:${kind === "auth" ? AUTH : ACCT}`;
  const args = ["-x", "-r", "1", "-t", "8", ...DICTIONARIES, address, kind, NAS_SECRET];
  const run = promisify(execFile)(`${ROOT}/usr/bin/radclient`, args);
  const signed = kind === "auth" ? [...attributes, "Message-Authenticator = 0x00"] : attributes;
  run.child.stdin?.end(signed.join("\n"));
  // A reject ends it with an error, and is an answer all the same.
  return await run.then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}
