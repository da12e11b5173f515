/**
 * `plumb webhooks`: who is told of what happens, and what became of it. A new signing secret is the only thing on stdout, so
 * that it can go into the receiver's file at once.
 */
import type { Command } from "commander";
import { webhookCalls, type ApiWebhookMade } from "../client/webhooks.ts";
import { printJson, type Session } from "./io.ts";
import { clean } from "./text.ts";
import { knownWebhook, registerDeliveries } from "./webhook-deliveries.ts";
import { detailText, webhooksText } from "./webhooks-text.ts";

interface AddOptions {
  readonly type: readonly string[];
  readonly allowPrivate?: boolean;
}

/** Also `--type a,b`. */
function several(text: string, before: readonly string[]): readonly string[] {
  return [...before, ...text.split(",").map((one) => one.trim())];
}

/** Registers the command and its words. */
export function registerWebhooks(program: Command, session: () => Session): void {
  const webhooks = program
    .command("webhooks")
    .summary("who is told of what happens: list, add, test, redeliver")
    .description(
      "Webhooks: addresses that are told of what happens, signed as Standard Webhooks has it. At least once and in no\n" +
        "promised order. After three days without one success a webhook is disabled, until: plumb webhooks enable ID.",
    )
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks add https://billing.example/plumbline --type desired.* > signing-secret\n" +
        "  plumb webhooks deliveries wh_0a1b2c3d4e5f\n",
    );
  registerReads(webhooks, session);
  registerAdd(webhooks, session);
  registerRotate(webhooks, session);
  registerDeliveries(webhooks, session);
  registerEnds(webhooks, session);
}

function registerReads(webhooks: Command, session: () => Session): void {
  webhooks
    .command("list")
    .summary("all webhooks, with what is owed to each")
    .description("All webhooks, with what each is told of, what waits, and whether it is disabled.")
    .addHelpText("before", "Examples:\n  plumb webhooks list\n  plumb webhooks list -o json\n")
    .action(async () => {
      const to = session();
      const { items } = await webhookCalls(to.client).list();
      if (to.format === "json") printJson(to, items);
      else if (to.format === "name") for (const { id } of items) to.print(id);
      else if (items.length > 0) to.print(webhooksText(items, to.now()));
      else to.say("There is none: plumb webhooks add URL");
    });
  webhooks
    .command("show")
    .summary("one of them, with its last deliveries")
    .description(
      "One webhook, with its signing secrets by version (never their text) and its last deliveries.",
    )
    .argument("<id>", "wh_…")
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks show wh_0a1b2c3d4e5f\n  plumb webhooks show wh_0a1b2c3d4e5f -o json\n",
    )
    .action(async (id: string) => {
      const to = session();
      const calls = webhookCalls(to.client);
      const webhook = await knownWebhook(calls.show(id));
      const { items: deliveries } = await knownWebhook(calls.deliveries(id, { limit: "10" }));
      if (to.format === "json") printJson(to, { ...webhook, deliveries });
      else to.print(detailText(webhook, deliveries, to.now()));
    });
}

function registerAdd(webhooks: Command, session: () => Session): void {
  webhooks
    .command("add")
    .summary("tell an address of what happens from now on")
    .description(
      "Tell an address of what happens from now on. Its signing secret is printed once. It must be https and not lie in a\n" +
        "private network, unless --allow-private says so.",
    )
    .argument("<url>", "https://…")
    .option(
      "--type <types>",
      "desired.changed or desired.*, by comma; left out: all but access",
      several,
      [],
    )
    .option("--allow-private", "a receiver in your own network, also without TLS")
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks add https://billing.example/plumbline --type desired.*,finding.* > signing-secret\n" +
        "  plumb webhooks add http://10.8.0.7:9000/hook --allow-private\n",
    )
    .action(async (url: string, { type, allowPrivate = false }: AddOptions) => {
      const to = session();
      const made = await webhookCalls(to.client).add({ url, types: type, allowPrivate });
      showSecret(to, made, `Webhook ${made.id} tells ${made.url}.`);
    });
}

function registerRotate(webhooks: Command, session: () => Session): void {
  webhooks
    .command("rotate-secret")
    .summary("a new signing secret; both are good for a while")
    .description(
      "Make a new signing secret. Until the overlap ends, each message is signed with both.",
    )
    .argument("<id>", "wh_…")
    .option("--overlap <duration>", "how long the older one goes on signing (else 1d, at most 30d)")
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks rotate-secret wh_0a1b2c3d4e5f > signing-secret\n" +
        "  plumb webhooks rotate-secret wh_0a1b2c3d4e5f --overlap 7d\n",
    )
    .action(async (id: string, { overlap }: { readonly overlap?: string }) => {
      const to = session();
      const body = overlap === undefined ? {} : { overlap };
      const made = await knownWebhook(webhookCalls(to.client).rotateSecret(id, body));
      showSecret(
        to,
        made,
        `Webhook ${made.id} signs with a new secret, and with the older one for ${overlap ?? "1d"}.`,
      );
    });
}

function showSecret(to: Session, made: ApiWebhookMade, said: string): void {
  if (to.format === "json") {
    printJson(to, made);
    return;
  }
  to.print(made.secret);
  to.say(clean(said));
  to.say(`Shown once; store it now. Try it: plumb webhooks test ${made.id}`);
}

function registerEnds(webhooks: Command, session: () => Session): void {
  webhooks
    .command("enable")
    .summary("go on with one that was disabled")
    .description(
      "Go on with a webhook that was disabled, with what it missed as far as that is kept.",
    )
    .argument("<id>", "wh_…")
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks enable wh_0a1b2c3d4e5f\n  plumb webhooks redeliver wh_0a1b2c3d4e5f --failed\n",
    )
    .action(async (id: string) => {
      const to = session();
      const webhook = await knownWebhook(webhookCalls(to.client).enable(id));
      if (to.format === "json") printJson(to, webhook);
      else to.say(clean(`Webhook ${webhook.id} goes on; ${webhook.waiting} wait.`));
    });
  webhooks
    .command("delete")
    .summary("end one, with what is owed to it")
    .description(
      "End a webhook. What is owed to it is not sent any more, and its delivery log goes with it.",
    )
    .argument("<id>", "wh_…")
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks delete wh_0a1b2c3d4e5f\n  plumb webhooks list -o name\n",
    )
    .action(async (id: string) => {
      const to = session();
      await knownWebhook(webhookCalls(to.client).delete(id));
      if (to.format === "json") printJson(to, { id, deleted: true });
      else to.say(clean(`Webhook ${id} is gone.`));
    });
}
