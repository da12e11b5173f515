/** Actions on one device: hold, release, reconcile, map prove. */
import type { Command } from "commander";
import { AppError } from "../lib/errors.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { ApiDeviceDetail } from "../model/api.ts";
import { printJson, type Session } from "./io.ts";
import { ahead, clean, stateText } from "./text.ts";

export function registerDeviceActions(
  program: Command,
  map: Command,
  session: () => Session,
): void {
  program
    .command("hold")
    .summary("write nothing to a device")
    .description("Hold a device: it is read, and nothing is written to it, until it is released.")
    .argument("<device>", "name, id, serial or ref")
    .requiredOption("--reason <text>", "shown wherever the device is shown")
    .option("--until <when>", "a duration (2h, 3d) or a moment (2026-12-01T06:00:00Z)")
    .addHelpText(
      "before",
      'Examples:\n  plumb hold CPE-0417 --reason "field staff on site" --until 4h\n  plumb hold CPE-0417 --reason "waits for a new antenna"\n',
    )
    .action(
      async (device: string, options: { readonly reason: string; readonly until?: string }) => {
        const to = session();
        const until = options.until === undefined ? null : momentOf(options.until, to.now());
        const body = { reason: options.reason, ...(until === null ? {} : { until }) };
        report(to, await to.client.act(device, "hold", body), "held: nothing is written to it");
      },
    );

  action(program, session, "release", {
    summary: "end the hold of a device",
    done: "released",
    examples: "  plumb release CPE-0417\n  plumb release 202BC1-BM632w-000123",
  });
  action(program, session, "reconcile", {
    summary: "make a device due now",
    done: "due now",
    examples: "  plumb reconcile CPE-0417\n  plumb reconcile CPE-0417 -o json",
  });
  action(map, session, "prove", {
    summary: "let this device be the first of its kind that is written to",
    done: "will prove its map: written, read back, and read again later",
    examples: "  plumb map prove CPE-0417\n  plumb map prove CPE-0417 -o json",
  });
}

function action(
  parent: Command,
  session: () => Session,
  name: "release" | "reconcile" | "prove",
  words: { readonly summary: string; readonly done: string; readonly examples: string },
): void {
  parent
    .command(name)
    .summary(words.summary)
    .description(`${words.summary.charAt(0).toUpperCase()}${words.summary.slice(1)}.`)
    .argument("<device>", "name, id, serial or ref")
    .addHelpText("before", `Examples:\n${words.examples}\n`)
    .action(async (device: string) => {
      const to = session();
      report(to, await to.client.act(device, name), words.done);
    });
}

function momentOf(text: string, now: Date): string {
  const ms = parseDurationMs(text);
  if (ms !== undefined) return new Date(now.getTime() + ms).toISOString();
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new AppError(
    "usage",
    "--until must be a duration like 4h, or a moment like 2026-12-01T06:00:00Z",
  );
}

function report(session: Session, device: ApiDeviceDetail, done: string): void {
  if (session.format === "json") {
    printJson(session, device);
    return;
  }
  if (session.format === "name") {
    session.print(device.name);
    return;
  }
  const { state, message, nextAt } = device.status;
  const next = nextAt === null ? "" : `; next ${ahead(nextAt, session.now())}`;
  session.print(
    `${clean(device.name)} ${done}. Now ${stateText(session.io, state)}: ${clean(message)}${next}`,
  );
}
