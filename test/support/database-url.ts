/** The address of a test's database as an operator would write it into `DATABASE_URL`: over the unix socket. */
import type { TestDatabase } from "./database.ts";

export function databaseUrl({ connection }: Pick<TestDatabase, "connection">): string {
  const { host, port, user, database } = connection;
  const query = new URLSearchParams({ host, port: String(port), user });
  return `postgresql:///${database}?${query.toString()}`;
}
