/** `plumb simulate`: the simulated ACS in a process of its own, as Friendly and as GenieACS at once. */
import { printAge } from "../lib/time.ts";
import { startSimulator } from "../acs/simulator/server.ts";
import type { SimulatorOptions } from "../acs/simulator/options.ts";
import { treesFolder, wsdlFile } from "./shipped.ts";

export interface SimulateOptions extends Partial<
  Omit<SimulatorOptions, "treesDir" | "wsdlFile" | "clock">
> {
  /** Ends when its standard input ends: a child of ours that outlives us would hold the port. */
  readonly withParent?: boolean;
}

/** Runs until a signal, or until its parent is gone. The first line on stdout is JSON: where it listens. */
export async function simulate(
  options: SimulateOptions,
  stdout: NodeJS.WritableStream,
): Promise<number> {
  const { withParent, ...rest } = options;
  const simulator = await startSimulator({
    ...rest,
    treesDir: treesFolder(),
    wsdlFile: wsdlFile(),
  });
  const { devices, offline } = simulator.stats();
  const { url, acsUrl, nbiUrl } = simulator;
  stdout.write(`${JSON.stringify({ url, acsUrl, nbiUrl, devices, offline })}\n`);
  const started = performance.now();
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => {
      resolve();
    });
    process.once("SIGTERM", () => {
      resolve();
    });
    if (withParent === true) {
      process.stdin.once("end", resolve);
      process.stdin.once("close", resolve);
      process.stdin.resume();
    }
  });
  const { calls, maxInFlight } = simulator.stats();
  await simulator.stop();
  process.stderr.write(
    `simulator: ${calls} calls in ${printAge(performance.now() - started)}, at most ${maxInFlight} at a time\n`,
  );
  return 0;
}
