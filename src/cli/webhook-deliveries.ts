/** `plumb webhooks deliveries`, `redeliver` and `test`: what was sent to a webhook, and sending it again. */
import type { Command } from "commander";
import { webhookCalls } from "../client/webhooks.ts";
import { AppError } from "../lib/errors.ts";
import { advised } from "./failure.ts";
import { printJson, type Session } from "./io.ts";
import { count } from "./text.ts";
import { deliveriesText } from "./webhooks-text.ts";

/** With the command that helps where there is no such webhook. */
export async function knownWebhook<T>(asked: Promise<T>): Promise<T> {
  return await asked.catch((error: unknown) => {
    throw advised(error, "not_found", "plumb webhooks list");
  });
}

/** Registers the three below `plumb webhooks`. */
export function registerDeliveries(webhooks: Command, session: () => Session): void {
  webhooks
    .command("deliveries")
    .summary("what was sent, and what became of it")
    .description(
      "What was sent to a webhook, newest first: answers, errors, next attempts. Kept for 30 days.",
    )
    .argument("<id>", "wh_…")
    .option("--limit <n>", "at most so many, up to 500", "50")
    .option("--before <delivery>", "older than this one")
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks deliveries wh_0a1b2c3d4e5f\n  plumb webhooks deliveries wh_0a1b2c3d4e5f --before 4711 --limit 500\n",
    )
    .action(async (id: string, options: { readonly limit: string; readonly before?: string }) => {
      const to = session();
      const { limit, before: cursor } = options;
      if (!/^\d{1,3}$/.test(limit)) throw new AppError("usage", "--limit takes a number up to 500");
      const query = { limit, ...(cursor === undefined ? {} : { cursor }) };
      const page = await knownWebhook(webhookCalls(to.client).deliveries(id, query));
      if (to.format === "json") printJson(to, page);
      else if (to.format === "name") for (const one of page.items) to.print(one.id);
      else if (page.items.length > 0) to.print(deliveriesText(page.items, to.now()));
      else to.say("Nothing was sent.");
      if (page.next !== null && to.format !== "json") {
        to.say(`There are more: plumb webhooks deliveries ${id} --before ${page.next}`);
      }
    });
  webhooks
    .command("redeliver")
    .summary("send one, or all that failed, once more")
    .description(
      "Send a delivery once more, or all that failed, with the id that they had: who has it drops it.",
    )
    .argument("<id>", "wh_…")
    .argument("[delivery]", "its number; left out with --failed")
    .option("--failed", "all that failed")
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks redeliver wh_0a1b2c3d4e5f 4711\n  plumb webhooks redeliver wh_0a1b2c3d4e5f --failed\n",
    )
    .action(
      async (
        id: string,
        delivery: string | undefined,
        { failed = false }: { readonly failed?: boolean },
      ) => {
        const to = session();
        if ((delivery === undefined) !== failed) {
          throw new AppError("usage", "name one delivery, or all that failed with --failed");
        }
        const body = delivery === undefined ? { failed } : { delivery };
        const done = await knownWebhook(webhookCalls(to.client).redeliver(id, body));
        if (to.format === "json") printJson(to, done);
        else
          to.say(
            `${count(done.deliveries, "delivery", "deliveries")} on the way. Follow: plumb webhooks deliveries ${id}`,
          );
      },
    );
  webhooks
    .command("test")
    .summary("send a message that is no event")
    .description(
      "Send a message of type webhook.test, which is no event, to see whether the receiver takes it.",
    )
    .argument("<id>", "wh_…")
    .addHelpText(
      "before",
      "Examples:\n  plumb webhooks test wh_0a1b2c3d4e5f\n  plumb webhooks deliveries wh_0a1b2c3d4e5f --limit 1\n",
    )
    .action(async (id: string) => {
      const to = session();
      const sent = await knownWebhook(webhookCalls(to.client).test(id));
      if (to.format === "json") printJson(to, sent);
      else
        to.say(`Test ${sent.id} is on the way. Follow: plumb webhooks deliveries ${id} --limit 1`);
    });
}
