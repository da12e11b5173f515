/** Opens a PostgreSQL, ours or the installation's own, for Kysely. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { AppError, messageOf } from "../lib/errors.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { EmbeddedConnection } from "./embedded/server.ts";
import { parserOf } from "./pg-types.ts";
import { preparing } from "./prepared.ts";
import type { Database } from "./tables.ts";

export type DatabaseTarget =
  { readonly connectionString: string } | { readonly connection: EmbeddedConnection };

export interface DatabaseOptions {
  /** Connections at most; 10 when left out. One call slot and one LISTEN hold one each. */
  readonly max?: number;
  /** Shown in `pg_stat_activity`. */
  readonly name?: string;
  readonly log?: Telemetry["log"];
}

export interface OpenDatabase {
  readonly db: Kysely<Database>;
  /** For what Kysely cannot say: LISTEN, COPY. */
  readonly pool: pg.Pool;
  /** Waits for queries under way. Safe to call twice. */
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;

/**
 * Connects once before it answers. Later, whenever the database is away or a connection breaks under a query, `db` rejects
 * with the same error, and works again by itself when it is back. A lost connection never ends the process.
 *
 * @throws AppError `database_unreachable` that names the address, never the password; `bad_config` for a bad address
 */
export async function openDatabase(
  target: DatabaseTarget,
  options: DatabaseOptions = {},
): Promise<OpenDatabase> {
  const address = addressOf(target);
  const pool = new pg.Pool({
    ...("connection" in target ? target.connection : target),
    max: options.max ?? 10,
    application_name: options.name ?? "plumbline",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: { getTypeParser: parserOf },
  });
  pool.on("error", (error) =>
    options.log?.("warn", `A database connection was lost: ${error.message}`),
  );
  // The pool listens to idle connections only; one that breaks between two queries of a transaction has no listener.
  pool.on("connect", (client) => client.on("error", () => undefined));

  const connect = async () => {
    try {
      const client = await pool.connect();
      return preparing(client, (error) => (isLost(error) ? unreachable(address, error) : error));
    } catch (error) {
      if (pool.ending) throw error; // used after close: a mistake of ours
      throw unreachable(address, error);
    }
  };
  let closing: Promise<void> | undefined;
  const end = () => (closing ??= pool.end());
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: { connect, end } }) });
  const close = async () => {
    await db.destroy();
    await end(); // Kysely does not end a pool that it never used
  };
  try {
    (await connect()).release();
  } catch (error) {
    await close();
    throw error;
  }
  return { db, pool, close };
}

/**
 * Where a target points, without its password: `host:port/database`, a socket's folder for a host that is a path.
 * @throws AppError `bad_config` for a text that is no PostgreSQL address
 */
function addressOf(target: DatabaseTarget): string {
  const { host, port, database } = "connection" in target ? target.connection : parsed(target);
  return `${host}:${port}/${database ?? ""}`;
}

function parsed({ connectionString }: { readonly connectionString: string }) {
  if (/^(postgres|postgresql|socket):|^\//.test(connectionString)) {
    try {
      return new pg.Client({ connectionString }); // reads the address; connects only when told to
    } catch {
      // the cause quotes the whole text, with the password
    }
  }
  throw new AppError(
    "bad_config",
    "DATABASE_URL is not the address of a PostgreSQL: postgresql://user:password@host:5432/database, " +
      "with special characters of the password percent-encoded.",
  );
}

/** What to do, by the code of the system or of PostgreSQL. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    "Nothing listens there: start PostgreSQL, or correct host and port in DATABASE_URL.",
  ENOENT: "There is no such socket: start PostgreSQL, or correct the path in DATABASE_URL.",
  EACCES: "This user may not open the socket.",
  ENOTFOUND: "This host name is unknown: correct it in DATABASE_URL.",
  EAI_AGAIN: "The name service does not answer.",
  ETIMEDOUT: "Look at the network and at firewalls in between.",
  EHOSTUNREACH: "Look at the network and at firewalls in between.",
  "28P01": "Correct user and password in DATABASE_URL.",
  "28000": "pg_hba.conf of the server does not let this user in from here.",
  "3D000": "Create the database, or correct its name in DATABASE_URL.",
  "53300": "The server has no connection left: raise max_connections, or run fewer processes.",
  "57P01":
    "It is stopping, or somebody has ended this connection: the next one is tried by itself.",
  "57P03": "It is starting or stopping: it will answer soon.",
};

/**
 * Did the connection break under a query, or has the server no means to go on? What PostgreSQL says of the query itself is
 * another matter, as is a value that pg cannot write. pg has no class for an error of the connection: it is a plain one.
 */
function isLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(?:08|53|57P|58)/.test(error.code ?? "");
  return error instanceof Error && error.constructor === Error;
}

function unreachable(address: string, cause: unknown): AppError {
  const code = (cause as { code?: unknown }).code;
  const key = typeof code === "string" ? code : "";
  const reason = messageOf(cause) || key; // an error that collects others (IPv4, IPv6) has no text of its own
  const advice = ADVICE[key] ?? "Look whether PostgreSQL runs there and lets this machine in.";
  return new AppError(
    "database_unreachable",
    `The database ${address} does not answer (${reason}). ${advice}`,
    { retryAfterSeconds: 5, details: { address, reason: key }, cause },
  );
}
