/** `plumb token`: who may call the API. A new token is the only thing on stdout, so that it can go into a file at once. */
import type { Command } from "commander";
import { tokenCalls } from "../client/tokens.ts";
import { AppError } from "../lib/errors.ts";
import type { ApiToken } from "../model/api-access.ts";
import { printJson, type Session } from "./io.ts";
import { ago, ahead, clean, table } from "./text.ts";

interface CreateOptions {
  readonly scope: readonly string[];
  readonly expires?: string;
  readonly from: readonly string[];
  readonly rate?: string;
}

interface RotateOptions {
  readonly overlap?: string;
  readonly expires?: string;
}

/** Also `--scope a,b`. */
function several(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...text.split(",").map((one) => one.trim())];
}

export function registerToken(program: Command, session: () => Session): void {
  const token = program
    .command("token")
    .summary("who may call the API: create, list, rotate, revoke")
    .description(
      "Tokens of the API. The owner of a token is the writer of the documents that it puts, so a successor has the same\n" +
        "owner: rotate instead of making another one.",
    )
    .addHelpText(
      "before",
      "Examples:\n  plumb token create billing --scope desired:write:credentials,devices:read --expires 90d\n  plumb token list\n",
    );
  registerCreate(token, session);
  registerRotate(token, session);
  token
    .command("list")
    .summary("all tokens, with what they may do and when they were used last")
    .description("All tokens, newest first. Their text is not here: it was shown once.")
    .addHelpText("before", "Examples:\n  plumb token list\n  plumb token list -o json\n")
    .action(async () => {
      const to = session();
      const { items } = await tokenCalls(to.client).list();
      if (to.format === "json") printJson(to, items);
      else if (to.format === "name") for (const { id } of items) to.print(id);
      else to.print(tableOf(items, to.now()));
    });
  token
    .command("revoke")
    .summary("end a token at once")
    .description("End a token. Every server knows it within a second.")
    .argument("<id>", "the part between the underscores: plumb_ID_…")
    .addHelpText(
      "before",
      "Examples:\n  plumb token revoke 4fZ2kQw9a\n  plumb token list -o name\n",
    )
    .action(async (id: string) => {
      const to = session();
      const revoked = await tokenCalls(to.client).revoke(id);
      if (to.format === "json") printJson(to, revoked);
      else to.say(clean(`Token ${revoked.id} of ${revoked.owner} is revoked.`));
    });
}

function registerCreate(token: Command, session: () => Session): void {
  token
    .command("create")
    .summary("make a token, and show it once")
    .description(
      "Make a token. It is printed once and stored nowhere. Networks are compared with the address of the socket:\n" +
        "behind a proxy that is the proxy's.",
    )
    .argument("<owner>", "who uses it, and whose documents it writes: billing")
    .option("--scope <scopes>", "what it may do, by comma", several, [])
    .option("--expires <duration>", "90d; left out, it does not end by itself")
    .option("--from <network>", "10.8.0.0/24; repeat it; left out: from anywhere", several, [])
    .option("--rate <n>", "requests a second (else 100; half a minute's worth at once)")
    .addHelpText(
      "before",
      "Examples:\n  plumb token create billing --scope desired:write:credentials,devices:read --expires 90d --from 10.8.0.0/24\n" +
        "  plumb token create radius --scope radius:ingest > radius-token\n",
    )
    .action(async (owner: string, options: CreateOptions) => {
      const to = session();
      const { scope, expires, from, rate } = options;
      if (scope.length === 0) throw new AppError("usage", "name what it may do with --scope");
      if (rate !== undefined && !/^\d{1,6}$/.test(rate))
        throw new AppError("usage", "--rate takes a whole number");
      const made = await tokenCalls(to.client).create({
        ...{ owner, scopes: scope, networks: from },
        ...(expires === undefined ? {} : { expiresIn: expires }),
        ...(rate === undefined ? {} : { ratePerSecond: Number(rate) }),
      });
      if (to.format === "json") {
        printJson(to, made);
        return;
      }
      to.print(made.token);
      to.say(clean(`Token ${made.id} of ${made.owner}, ${endText(made, to.now())}.`));
      to.say("Shown once; store it now.");
    });
}

function registerRotate(token: Command, session: () => Session): void {
  token
    .command("rotate")
    .summary("make the successor of a token; both are good for a while")
    .description(
      "Make a token with the same owner, scopes and networks, and end the older one after an overlap in which both are\n" +
        "good. An older token can be rotated once; its successor can be rotated again.",
    )
    .argument("<id>", "the part between the underscores: plumb_ID_…")
    .option(
      "--overlap <duration>",
      "how long the older one stays good (else 1d); 0s ends it at once",
    )
    .option("--expires <duration>", "of the successor; left out, as long as the older one had")
    .addHelpText(
      "before",
      "Examples:\n  plumb token rotate 4fZ2kQw9a\n  plumb token rotate 4fZ2kQw9a --overlap 7d --expires 90d\n",
    )
    .action(async (id: string, { overlap, expires }: RotateOptions) => {
      const to = session();
      const rotated = await tokenCalls(to.client).rotate(id, {
        ...(overlap === undefined ? {} : { overlap }),
        ...(expires === undefined ? {} : { expiresIn: expires }),
      });
      if (to.format === "json") {
        printJson(to, rotated);
        return;
      }
      to.print(rotated.token);
      const { owner, replaced } = rotated;
      to.say(clean(`Token ${rotated.id} of ${owner}, ${endText(rotated, to.now())}.`));
      to.say(`The older one, ${replaced.id}, ends ${ahead(replaced.expiresAt, to.now())}.`);
      to.say("Shown once; store it now.");
    });
}

function endText({ expiresAt }: Pick<ApiToken, "expiresAt">, now: Date): string {
  return expiresAt === null ? "without an end" : `which ends ${ahead(expiresAt, now)}`;
}

function stateOf({ expiresAt, revokedAt, replacedBy }: ApiToken, now: Date): string {
  if (revokedAt !== null) return `revoked ${ago(revokedAt, now)}`;
  if (expiresAt === null) return "valid";
  if (Date.parse(expiresAt) <= now.getTime()) return `expired ${ago(expiresAt, now)}`;
  return `ends ${ahead(expiresAt, now)}${replacedBy === null ? "" : `, then ${replacedBy}`}`;
}

function tableOf(tokens: readonly ApiToken[], now: Date): string {
  const rows = tokens.map((token) => [
    token.id,
    clean(token.owner),
    stateOf(token, now),
    ago(token.lastUsedAt, now),
    token.networks.length === 0 ? "anywhere" : token.networks.join(" "),
    token.scopes.join(" "),
  ]);
  return table(["ID", "OWNER", "STATE", "LAST USED", "FROM", "SCOPES"], rows);
}
