/** Webhooks and their deliveries as a person reads them. */
import { printAge } from "../lib/time.ts";
import type { ApiDelivery, ApiWebhook } from "../model/api-webhooks.ts";
import { ago, ahead, clean, table } from "./text.ts";

/** What is the matter with it, in a few words. */
function stateOf({ disabled, failingSince }: ApiWebhook, now: Date): string {
  if (disabled !== null) return `disabled ${ago(disabled.at, now)}`;
  if (failingSince === null) return "works";
  return `failing for ${printAge(now.getTime() - Date.parse(failingSince))}`;
}

function typesOf({ types }: ApiWebhook): string {
  return types.length === 0 ? "all but access" : types.join(" ");
}

/** One line for each. */
export function webhooksText(webhooks: readonly ApiWebhook[], now: Date): string {
  const rows = webhooks.map((one) => [
    one.id,
    stateOf(one, now),
    String(one.waiting),
    clean(one.owner),
    typesOf(one),
    clean(one.url),
  ]);
  return table(["ID", "STATE", "WAITING", "OWNER", "TYPES", "ADDRESS"], rows);
}

/** One line for each; what the receiver said stands last, as it may be long. */
export function deliveriesText(deliveries: readonly ApiDelivery[], now: Date): string {
  const rows = deliveries.map((one) => [
    one.id,
    one.type,
    one.state,
    String(one.attempts),
    ago(one.lastAt, now),
    one.state === "waiting" ? ahead(one.nextAt, now) : "-",
    clean([one.lastStatus, one.lastError].filter((each) => each !== null).join(" ")) || "-",
  ]);
  return table(["NR", "TYPE", "STATE", "TRIED", "LAST", "NEXT", "ANSWER"], rows);
}

/** All of one, with its last deliveries. */
export function detailText(
  webhook: ApiWebhook,
  deliveries: readonly ApiDelivery[],
  now: Date,
): string {
  const { id, url, owner, secrets, waiting, disabled, allowPrivate, createdAt } = webhook;
  const signs = secrets.map(({ version, expiresAt }) =>
    expiresAt === null ? `version ${version}` : `version ${version} until ${expiresAt}`,
  );
  const why =
    disabled === null ? "" : `: ${clean(disabled.why)}. Go on: plumb webhooks enable ${id}`;
  return [
    `Webhook ${id}: ${stateOf(webhook, now)}${why}`,
    `Address:   ${clean(url)}${allowPrivate ? " (may be private, and without TLS)" : ""}`,
    `Told of:   ${typesOf(webhook)}`,
    `Owner:     ${clean(owner)}, made ${ago(createdAt, now)}`,
    `Signed:    ${signs.join(", ")}`,
    `Waiting:   ${waiting}`,
    "",
    deliveries.length === 0 ? "Nothing was sent yet." : deliveriesText(deliveries, now),
  ].join("\n");
}
