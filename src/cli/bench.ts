/** `plumb simulate power`, and the commands that start the program itself. */
import { Option, type Command } from "commander";
import { PlumbClient } from "../client/http.ts";
import { AppError } from "../lib/errors.ts";
import { printJson, type Session } from "./io.ts";
import { count } from "./text.ts";

interface PowerOptions {
  readonly share?: string;
  readonly site?: string;
  readonly model?: string;
  readonly salt?: string;
}

interface PowerChange {
  readonly selected: number;
  readonly changed: number;
  readonly online: number;
  readonly offline: number;
}

/** The simulator's control face answers without a token. */
export function registerPower(simulate: Command, session: () => Session): void {
  simulate
    .command("power")
    .summary("switch simulated CPEs on or off")
    .description(
      "Switch simulated CPEs on or off. Without --url the simulator is the ACS on this machine that the\n" +
        "server's only Acs record names.",
    )
    .argument("<state>", "on or off")
    .option("--share <share>", "part of them: 0.4, or 40%", "1")
    .option("--site <site>", "only of this site")
    .option("--model <model>", "only of this model")
    .addOption(new Option("--salt <text>", "another choice of the same share"))
    .addHelpText(
      "before",
      "Examples:\n  plumb simulate power off --share 0.4\n  plumb simulate power on --url http://127.0.0.1:9090\n",
    )
    .action((state: string, options: PowerOptions) => power(session(), state, options));
}

async function power(session: Session, state: string, options: PowerOptions): Promise<void> {
  if (state !== "on" && state !== "off") throw usage("say plumb simulate power on, or off");
  const { share = "1", ...selector } = options;
  const url = session.urlFlag ?? (await simulatorOf(session));
  const client = new PlumbClient({
    url,
    token: null,
    ...(session.io.fetch === undefined ? {} : { fetch: session.io.fetch }),
  });
  const change = await client.ask<PowerChange>("POST", "/sim/power", {
    json: { state, share: shareOf(share), ...selector },
  });
  if (session.format === "json") printJson(session, change);
  else {
    const switched = `${count(change.changed, "CPE")} switched ${state}`;
    session.print(`${switched}; now ${change.online} on, ${change.offline} off`);
  }
}

function usage(message: string): AppError {
  return new AppError("usage", message, { details: { next: "plumb simulate power --help" } });
}

function shareOf(text: string): number {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  const share = percent === undefined ? Number(text) : Number(percent) / 100;
  if (text.trim() !== "" && share >= 0 && share <= 1) return share;
  throw usage("--share must be from 0 to 1, or from 0% to 100%");
}

/** Never guesses a real one: only an ACS on this machine, and only when there is no other. */
async function simulatorOf(session: Session): Promise<string> {
  const { items } = await session.client.records("acs");
  const local = items.flatMap(({ spec }) => {
    const address = typeof spec["address"] === "string" ? spec["address"] : "";
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const here = ["127.0.0.1", "localhost", "[::1]"].includes(url?.hostname ?? "");
    return url !== undefined && here ? [url.origin] : [];
  });
  const [only, ...others] = local;
  if (only !== undefined && others.length === 0) return only;
  throw usage("say which simulator: --url http://127.0.0.1:PORT");
}
