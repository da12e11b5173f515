/**
 * CPU of one GenieACS read or write over an in-memory transport, all its exchanges together, next to reading the same bodies
 * with `JSON.parse` alone.
 */
import { createAcs } from "../../src/acs/index.ts";
import type { Clock } from "../../src/lib/time.ts";
import type { Exchange } from "../../src/ports/acs.ts";
import { compare, CONTEXT, DEVICE, leakOf } from "./cost.ts";
import { figure, type Figure } from "./figure.ts";

const SN = "InternetGatewayDevice.DeviceInfo.SerialNumber";
/** A second between two tasks of a device is no cost of ours. */
const quick: Clock = {
  now: () => new Date(0),
  monotonicMs: () => 0,
  sleep: () => Promise.resolve(),
};
const nameOf = (index: number): string => `InternetGatewayDevice.X.Table.${index}.CentreFrequency`;

const AT = "2026-01-02T03:04:05.678Z";
const leaf = (value: string | number): object => ({
  _object: false,
  _timestamp: AT,
  _type: typeof value === "number" ? "xsd:unsignedInt" : "xsd:string",
  _value: value,
  _writable: true,
});
function documentWith(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => [
    i,
    { CentreFrequency: leaf(2_300_000 + i) },
  ]);
  const root = {
    DeviceInfo: { SerialNumber: leaf("7CB21B0A42") },
    X: { Table: Object.fromEntries(rows) as object },
  };
  return JSON.stringify([{ _id: DEVICE.id, InternetGatewayDevice: root }]);
}
const TASK = (name: string): string =>
  JSON.stringify({ _id: "6b0803d90000000000000005", name, device: DEVICE.id, timestamp: AT });

export async function run(): Promise<Figure[]> {
  let document = "[]";
  let [sent, got] = [0, 0];
  let bodies: string[] = [];
  const answer = ({ operation }: Exchange): string =>
    operation === "Query" ? document : TASK("provisions");
  const acs = await createAcs(
    "genieacs",
    {
      url: "http://acs.example:7557",
      auth: { kind: "none" },
      clock: quick,
      transport: (exchange) => {
        const body = answer(exchange);
        sent += Buffer.byteLength(exchange.body) + exchange.url.length;
        got += Buffer.byteLength(body);
        bodies.push(body);
        return Promise.resolve({
          ...{ kind: "answer", status: 200, phrase: "OK", contentType: "application/json" },
          ...{ body, sentAt: new Date(0) },
        });
      },
    },
    { mode: () => "write", inScope: () => true },
  );
  const figures: Figure[] = [];
  const measure = async (
    name: string,
    rounds: number,
    call: () => Promise<unknown>,
  ): Promise<void> => {
    [sent, got, bodies] = [0, 0, []];
    const result = (await call()) as { readonly kind: string };
    if (!["values", "done", "accepted"].includes(result.kind))
      throw new Error(`${name} ended as ${JSON.stringify(result)}`);
    const own = [...bodies];
    const beside = `${own.length} exchanges, ${sent} bytes asked, ${got} answered`;
    const parse = (): Promise<unknown> =>
      Promise.resolve(own.map((body) => JSON.parse(body) as unknown));
    const [ours, other] = await compare(call, parse, rounds);
    bodies = [];
    const yardstick = `JSON.parse of its answers ${other.toFixed(3)} ms; ${beside}`;
    figures.push(figure(`acs/genieacs-${name}`, ours, "ms CPU a call", yardstick));
  };

  for (const count of [10, 60, 800]) {
    const names = Array.from({ length: count }, (_, i) => nameOf(i));
    document = documentWith(count);
    const rounds = Math.max(10, Math.round(3_000 / count));
    await measure(`read-${count}-parameters`, rounds, () => acs.read(DEVICE, names, SN, CONTEXT));
    const values = names.map((path, i) => ({ path, value: String(2_300_000 + i) }));
    await measure(`write-${count}-parameters`, rounds, () =>
      acs.write(DEVICE, { kind: "set", values }, CONTEXT),
    );
  }
  const few = Array.from({ length: 10 }, (_, i) => nameOf(i));
  document = documentWith(10);
  figures.push(
    await leakOf("acs/genieacs-leak-100k-calls", async () => {
      bodies = [];
      await acs.read(DEVICE, few, SN, CONTEXT);
    }),
  );
  return figures;
}
