/** Actions on devices: hold, release, reconcile, map prove; `release` also of a model. */
import type { Command } from "commander";
import { AppError } from "../lib/errors.ts";
import { parseDurationMs } from "../lib/time.ts";
import type { ApiDeviceDetail } from "../model/api.ts";
import { printJson, type Session } from "./io.ts";
import { actOnMany, checkScope, type Scope } from "./many.ts";
import { ahead, clean, count, stateText } from "./text.ts";

export function registerDeviceActions(
  program: Command,
  map: Command,
  session: () => Session,
): void {
  program
    .command("hold")
    .summary("write nothing to a device")
    .description(
      "Hold devices: nothing is asked of them and nothing written, until they are released.",
    )
    .argument("[device]", "name, id, serial or ref")
    .option("-l, --selector <selector>", "all devices that match: site=cpt,state=drifted")
    .option("--expect <n>", "with -l: the number of devices, exactly")
    .requiredOption("--reason <text>", "shown wherever the device is shown")
    .option("--until <when>", "a duration (2h, 3d) or a moment (2026-12-01T06:00:00Z)")
    .addHelpText(
      "before",
      'Examples:\n  plumb hold CPE-0417 --reason "field staff on site" --until 4h\n  plumb hold -l site=cpt --reason "mast works" --expect 212\n',
    )
    .action(
      async (
        device: string | undefined,
        options: Scope & { readonly reason: string; readonly until?: string },
      ) => {
        const to = session();
        checkScope(device, options);
        const until = options.until === undefined ? null : momentOf(options.until, to.now());
        const body = { reason: options.reason, ...(until === null ? {} : { until }) };
        if (device === undefined)
          await actOnMany(to, "hold", options, body, "held: nothing is written to them");
        else report(to, await to.client.hold(device, body), "held: nothing is written to it");
      },
    );

  registerRelease(program, session);
  action(program, session, "reconcile", {
    summary: "make a device due now",
    done: "due now",
    examples: "  plumb reconcile CPE-0417\n  plumb reconcile -l site=cpt,state=drifted --expect 12",
  });
  action(map, session, "prove", {
    summary: "let this device be the first of its kind that is written to",
    done: "will prove its map: written, read back, and read again later",
    examples: "  plumb map prove CPE-0417\n  plumb map prove CPE-0417 -o json",
  });
}

interface ReleaseOptions extends Scope {
  readonly reason: string;
  readonly model?: string;
}

function registerRelease(program: Command, session: () => Session): void {
  program
    .command("release")
    .summary("let devices, or a model, be written again")
    .description(
      "End the hold or the quarantine of devices, and forget what failed on them; or, with --model, let a model be\n" +
        "written again after three of its devices went into quarantine by the same.",
    )
    .argument("[device]", "name, id, serial or ref")
    .option("-l, --selector <selector>", "all devices that match: site=cpt,state=quarantined")
    .option("--expect <n>", "with -l: the number of devices, exactly")
    .option("--model <model>", "what is blocked for this model, as plumb get fleet shows it")
    .requiredOption(
      "--reason <text>",
      "why it may be tried again; kept in the history with your name",
    )
    .addHelpText(
      "before",
      'Examples:\n  plumb release CPE-0417 --reason "new antenna"\n  plumb release -l site=cpt --reason "mast works over" --expect 212\n' +
        '  plumb release --model BM632w --reason "map corrected, seen on the bench"\n',
    )
    .action(async (device: string | undefined, { model, reason, ...scope }: ReleaseOptions) => {
      const to = session();
      if (model !== undefined) {
        if (device !== undefined || scope.selector !== undefined || scope.expect !== undefined)
          throw new AppError("usage", "--model goes without a device, -l and --expect");
        await releaseModel(to, model, reason);
        return;
      }
      checkScope(device, scope);
      if (device === undefined) await actOnMany(to, "release", scope, { reason }, "released");
      else report(to, await to.client.release(device, { reason }), "released");
    });
}

async function releaseModel(to: Session, model: string, reason: string): Promise<void> {
  const freed = await to.client.releaseModel({ model, reason });
  if (to.format === "json") printJson(to, freed);
  else
    to.print(
      `${clean(model)} may be written again: ${freed.operations.join("; ")}; ${count(freed.devices, "device")} due.`,
    );
}

function action(
  parent: Command,
  session: () => Session,
  name: "reconcile" | "prove",
  words: { readonly summary: string; readonly done: string; readonly examples: string },
): void {
  const command = parent
    .command(name)
    .summary(words.summary)
    .description(`${words.summary.charAt(0).toUpperCase()}${words.summary.slice(1)}.`)
    .addHelpText("before", `Examples:\n${words.examples}\n`);
  if (name === "prove") {
    command.argument("<device>", "name, id, serial or ref").action(async (device: string) => {
      const to = session();
      report(to, await to.client.act(device, name), words.done);
    });
    return;
  }
  command
    .argument("[device]", "name, id, serial or ref")
    .option("-l, --selector <selector>", "all devices that match: site=cpt,state=drifted")
    .option("--expect <n>", "with -l: the number of devices, exactly")
    .action(async (device: string | undefined, options: Scope) => {
      const to = session();
      checkScope(device, options);
      if (device === undefined) await actOnMany(to, name, options, {}, words.done);
      else report(to, await to.client.act(device, name), words.done);
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
  const first = device.work?.ahead ?? 0;
  const place = first === 0 ? "" : `, ${count(first, "device")} before it`;
  const next = nextAt === null ? "" : `; next ${ahead(nextAt, session.now())}${place}`;
  session.print(
    `${clean(device.name)} ${done}. Now ${stateText(session.io, state)}: ${clean(message)}${next}`,
  );
}
