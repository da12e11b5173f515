/**
 * CPU of one adapter call over an in-memory transport, next to the raw `soap` call that it is made of. Adapter and raw
 * call take turns in one run, so that both see the same machine; the figure is the median of the batches.
 */
import { createClientAsync, type IHttpClient } from "soap";
import { createAcs } from "../../src/acs/index.ts";
import { Secret } from "../../src/lib/secret.ts";
import { compare, CONTEXT, DEVICE, leakOf } from "./cost.ts";
import { figure, type Figure } from "./figure.ts";

const WSDL = "manifests/acs/friendly-acsws.wsdl";
const SN = "InternetGatewayDevice.DeviceInfo.SerialNumber";
const namesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `InternetGatewayDevice.X.Table.${i}.CentreFrequency`);

function readAnswer(names: readonly string[]): string {
  const param = (name: string, value: string): string =>
    `<ParamWSDL><Name>${name}</Name><Value>${value}</Value><ErrorCode>100</ErrorCode></ParamWSDL>`;
  const params = [...names.map((name, i) => param(name, String(2_300_000 + i)))].join("");
  return `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body><FTGetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTGetDeviceParametersResult><ErrorCode>100</ErrorCode><Message /><Params>${param(SN, "7CB21B0A42")}${params}</Params></FTGetDeviceParametersResult></FTGetDeviceParametersResponse></soap:Body></soap:Envelope>`;
}
const WRITE_ANSWER = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><FTSetDeviceParametersResponse xmlns="http://www.friendly-tech.com"><FTSetDeviceParametersResult><ErrorCode>100</ErrorCode><Message /><Id>512345678</Id></FTSetDeviceParametersResult></FTSetDeviceParametersResponse></soap:Body></soap:Envelope>`;

export async function run(): Promise<Figure[]> {
  let body = "";
  let sent = 0;
  const acs = await createAcs(
    "friendly",
    {
      url: "http://acs.example/ftacsws/acsws.asmx",
      wsdl: WSDL,
      auth: { kind: "usernametoken", username: "api", password: new Secret("bench") },
      appId: "bench",
      transport: (exchange) => {
        sent = Buffer.byteLength(exchange.body);
        return Promise.resolve({
          kind: "answer",
          status: 200,
          phrase: "OK",
          contentType: "text/xml",
          body,
          sentAt: new Date(),
        });
      },
    },
    { mode: () => "write", inScope: () => true },
  );
  const httpClient: IHttpClient = {
    request(_url, _data, callback) {
      setImmediate(() => {
        callback(null, { status: 200 }, body);
      });
      return undefined as never;
    },
  };
  const raw = (await createClientAsync(WSDL, {
    disableCache: true,
    endpoint: "http://acs.example/",
    httpClient,
  })) as unknown as Record<string, (args: object) => Promise<unknown>>;

  const figures: Figure[] = [];
  const add = (name: string, [ours, other]: readonly [number, number]): void => {
    // Looking at the raw answer is a second pass of the same XML reader; the raw call has none. No promise is made.
    const bytes = `${sent} bytes asked, ${Buffer.byteLength(body)} answered`;
    const beside = `raw soap call ${other.toFixed(3)} ms; ${bytes}`;
    figures.push(figure(`acs/friendly-${name}`, ours, "ms CPU a call", beside));
  };

  for (const count of [10, 60, 800]) {
    const names = namesOf(count);
    const rounds = Math.max(10, Math.round(3_000 / count));
    body = readAnswer(names);
    add(
      `read-${count}-parameters`,
      await compare(
        () => acs.read(DEVICE, names, SN, CONTEXT),
        () => rawCall("FTGetDeviceParametersAsync", { arraynames: { string: [...names, SN] } }),
        rounds,
      ),
    );
    body = WRITE_ANSWER;
    const values = names.map((path, i) => ({ path, value: String(2_300_000 + i) }));
    const Param = values.map(({ path, value }) => ({ Name: path, Value: value }));
    add(
      `write-${count}-parameters`,
      await compare(
        () => acs.write(DEVICE, { kind: "set", values }, CONTEXT),
        () => rawCall("FTSetDeviceParametersAsync", { arrayparams: { Param } }),
        rounds,
      ),
    );
  }
  body = readAnswer(namesOf(10));
  figures.push(
    await leakOf("acs/friendly-leak-100k-calls", () => acs.read(DEVICE, namesOf(10), SN, CONTEXT)),
  );
  return figures;

  async function rawCall(method: string, args: object): Promise<unknown> {
    return raw[method]?.({ devicesn: "7CB21B0A42", ...args, creator: "bench" });
  }
}
