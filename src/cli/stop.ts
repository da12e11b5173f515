/** `plumb stop` and `plumb resume`: the brake. It works with the API and the database down, by a file. */
import type { Command } from "commander";
import { AppError } from "../lib/errors.ts";
import { expectOf } from "./apply.ts";
import { hasStopFile, removeStopFile, writeStopFile } from "./data-folder.ts";
import { printJson, type Session } from "./io.ts";
import { lineOf } from "./outstanding.ts";
import { count } from "./text.ts";

interface StopOptions {
  readonly reason: string;
  readonly acs?: string;
  readonly selector?: string;
  readonly file?: boolean;
}

interface ResumeOptions {
  readonly acs?: string;
  readonly expect?: string;
  readonly file?: boolean;
}

export function registerStop(program: Command, session: () => Session): void {
  program
    .command("stop")
    .summary("stop every call, at once")
    .description(
      "Stop: no new call to an ACS starts, revocations included, until `plumb resume`. When the server or its\n" +
        "database does not answer, a file STOP in the data folder does it; that stops everything.",
    )
    .requiredOption("--reason <text>", "shown wherever the stop is shown")
    .option("--acs <name>", "only this ACS")
    .option("--selector <selector>", "only these devices, by identity and labels: site=cpt")
    .option("--file", "write the file STOP and do not ask the server")
    .addHelpText(
      "before",
      'Examples:\n  plumb stop --reason "wrong frequency list"\n  plumb stop --acs main --selector site=cpt --reason "mast works"\n',
    )
    .action((options: StopOptions) => stop(session(), options));
  program
    .command("resume")
    .summary("end a stop")
    .description(
      "End stops, and remove the file STOP. The number of devices set free is asked for. Stops by plumbline are of\n" +
        "writes only: nobody served an ACS for a day, its database was restored, or too many devices turned away at\n" +
        "once for one cause, which may be a mistake of ours. Look first: plumb get devices --selector state=held",
    )
    .option("--acs <name>", "only stops of this ACS")
    .option("--expect <n>", "the number of devices that are set free, exactly")
    .option("--file", "only remove the file STOP and do not ask the server")
    .addHelpText("before", "Examples:\n  plumb resume --expect 2000\n  plumb resume --acs main\n")
    .action((options: ResumeOptions) => resume(session(), options));
}

async function stop(session: Session, options: StopOptions): Promise<void> {
  const { reason, acs = null, selector = null } = options;
  if (options.file === true) {
    byFile(session, reason);
    return;
  }
  try {
    const stopped = await session.client.stop({ reason, acs, selector });
    if (session.format === "json") printJson(session, stopped);
    const { outstanding } = stopped;
    session.say("Stopped: no new call starts. One that is in flight ends within its deadline.");
    if (outstanding.length === 0) session.say("The ACS has nothing of ours left to execute.");
    else {
      const what = count(outstanding.length, "write");
      session.say(`The ACS may still execute ${what}:`);
      if (session.format !== "json") {
        for (const intent of outstanding) session.print(lineOf(intent, session.now(), true));
      }
    }
    session.say("End it with: plumb resume");
  } catch (error) {
    // A refusal is an answer; only silence, or a server without its database, is passed over.
    const silent = error instanceof AppError && error.exit === 69;
    if (!silent) throw withFileHint(error);
    session.say(`The server cannot do it: ${error.message}`);
    byFile(session, reason);
    if (acs !== null || selector !== null) {
      session.say("The file knows no --acs and no --selector: it stops everything.");
    }
  }
}

function byFile(session: Session, reason: string): void {
  const path = writeStopFile(session.dataDir, reason);
  if (session.format === "json") printJson(session, { file: path });
  session.say(
    `Stopped by file: ${path}. Every server that uses this data folder makes no new call.`,
  );
  if (!/^https?:\/\/(127\.|localhost|\[::1\])/.test(session.url)) {
    session.say(
      `${session.url} is another machine: there the file has to be in its own data folder.`,
    );
  }
  session.say("What the ACS may still execute is not known this way: plumb describe device NAME");
  session.say("End it with: plumb resume");
}

function withFileHint(error: unknown): unknown {
  if (!(error instanceof AppError) || error.exit !== 7) return error;
  const next = "plumb stop --file --reason …   works without a token, on the server's machine";
  return new AppError(error.code, error.message, { details: { next } });
}

async function resume(session: Session, options: ResumeOptions): Promise<void> {
  if (options.file === true) {
    const path = removeStopFile(session.dataDir);
    if (session.format === "json") printJson(session, { file: path });
    session.say(
      path === null ? `There is no file STOP in ${session.dataDir}.` : `Removed ${path}.`,
    );
    session.say("Stops that the server keeps stay in force: plumb get fleet");
    return;
  }
  const resumed = await viaServer(session, options);
  const path = options.acs === undefined ? removeStopFile(session.dataDir) : null;
  if (session.format === "json") printJson(session, { ...resumed, file: path });
  if (path !== null) session.say(`Removed ${path}.`);
  else if (hasStopFile(session.dataDir)) {
    session.say(`The file STOP in ${session.dataDir} still stops everything: plumb resume --file`);
  }
  session.say(
    `${count(resumed.ended, "stop")} ended, ${count(resumed.devices, "device")} set free.`,
  );
}

async function viaServer(session: Session, options: ResumeOptions) {
  const acs = options.acs ?? null;
  try {
    return await session.client.resume(acs, expectOf(options.expect));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { ask } = session.io;
    const number = error.details["count"];
    if (error.code === "count_unconfirmed" && typeof number === "number") {
      if (options.expect === undefined && session.io.isTTY && ask !== undefined) {
        const devices = count(number, "device");
        const answer = await ask(`This sets ${devices} free. Type the number to go on: `);
        if (answer.trim() === String(number)) return session.client.resume(acs, number);
      }
      const next = `plumb resume --expect ${number}`;
      throw new AppError(error.code, error.message, { details: { ...error.details, next } });
    }
    if (error.exit === 69 && hasStopFile(session.dataDir)) {
      const next = "plumb resume --file   removes the file STOP without the server";
      throw new AppError(error.code, error.message, { details: { next } });
    }
    throw error;
  }
}
