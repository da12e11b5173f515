/** `plumb serve`: API and controller. */
import { configFrom, startServer, untilAsked, watchSignals, type RunningServer } from "./server.ts";

export function greet(running: RunningServer, stderr: NodeJS.WritableStream): void {
  stderr.write(`Plumbline on ${running.url}\n`);
  if (running.newToken === null) return;
  stderr.write(`Admin token, shown once: ${running.newToken}\n`);
  stderr.write(`It also lies in ${running.tokenFile}, where the command line finds it.\n`);
}

export async function serve(
  env: NodeJS.ProcessEnv,
  stderr: NodeJS.WritableStream,
): Promise<number> {
  const asked = watchSignals();
  const running = await startServer(configFrom(env));
  greet(running, stderr);
  if (!asked.aborted) running.startEngine();
  return await untilAsked(running, asked, stderr);
}
