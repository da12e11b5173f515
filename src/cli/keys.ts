/** `plumb keys status` and `plumb keys rotate`; `init` and `add` work on a file and need no server (`app/commands.ts`). */
import type { Command } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../lib/errors.ts";
import type { ApiKeys } from "../model/api-access.ts";
import { printJson, type Session } from "./io.ts";
import { ago, clean, count, table } from "./text.ts";

const EVERY_MS = 500;

export function registerKeys(keys: Command, session: () => Session): void {
  keys
    .command("status")
    .summary("the keys of the ring, and how many secrets stand under each")
    .description(
      "The keys of the server's ring, and how many stored secrets stand under each. The newest one seals. The key of\n" +
        "the digests (which secrets and user names are equal) stands in the same file, and is never rotated.",
    )
    .addHelpText("before", "Examples:\n  plumb keys status\n  plumb keys status -o json\n")
    .action(async () => {
      const to = session();
      const status = await to.client.call("GET /v1/keys");
      if (to.format === "json") printJson(to, status);
      else to.print(statusText(status, to.now()));
    });
  keys
    .command("rotate")
    .summary("seal everything under a new key, while the server runs")
    .description(
      "Add a key to the server's ring, put every stored secret under it, and take the older ones out of the file.\n" +
        "Everything goes on meanwhile, and a rotation that was cut short is gone on with. Where servers run on several\n" +
        "machines, add the key first and give the file to all of them: plumb keys add FILE.\n" +
        "Backups of the database need the ring of their time: keep a copy of the file before.",
    )
    .addHelpText("before", "Examples:\n  plumb keys rotate\n  plumb keys rotate -o json\n")
    .action(async () => {
      const to = session();
      await to.client.call("POST /v1/keys/rotate");
      const ended = await untilEnded(to);
      if (to.format === "json") printJson(to, ended);
      else to.print(statusText(ended, to.now()));
      const { state, message } = ended.rotation;
      if (state === "done") {
        if (message !== null) to.say(clean(message));
        return;
      }
      const details = { next: "plumb keys status" };
      throw new AppError("bad_config", `the rotation did not end: ${message ?? state}`, {
        details,
      });
    });
}

async function untilEnded(to: Session): Promise<ApiKeys> {
  let told = 0;
  for (;;) {
    const status = await to.client.call("GET /v1/keys");
    const { state, rewrapped } = status.rotation;
    if (state !== "running") return status;
    if (rewrapped > told) to.say(`${count(rewrapped, "secret")} under the new key`);
    told = rewrapped;
    await sleep(EVERY_MS);
  }
}

function statusText({ keys, rotation }: ApiKeys, now: Date): string {
  const rows = keys.map(({ id, createdAt, newest, retiredAt, secrets }) => [
    clean(id),
    createdAt === null ? "not in this server's ring" : ago(createdAt, now),
    newest ? "seals" : retiredAt === null ? "opens" : `retired ${ago(retiredAt, now)}`,
    String(secrets),
  ]);
  const text = table(["KEY", "MADE", "STATE", "SECRETS"], rows);
  const { state, rewrapped, retired } = rotation;
  if (state === "none") return text;
  const what = `${count(rewrapped, "secret")} put under the newest key`;
  const gone = retired.length === 0 ? "" : `; not needed any more: ${retired.join(", ")}`;
  return `${text}\n\nLast rotation: ${state}, ${what}${gone}`;
}
