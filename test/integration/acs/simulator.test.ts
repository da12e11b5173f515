import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { connect as connectTo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import soap from "soap";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SimulatorOptions } from "../../../src/acs/simulator/options.ts";
import { nodesBelow } from "../../../src/acs/simulator/cpe-state.ts";
import { startSimulator, type Simulator } from "../../../src/acs/simulator/server.ts";
import { TREES, WSDL } from "../../unit/acs/simulator/models.ts";

const S1 = "SIM000001"; // huawei-bm632w
const S2 = "SIM000002"; // huawei-eg8145v5
const S4 = "SIM000004"; // talk-frequency-table
const S5 = "SIM000005"; // talk-channel-rules
const INFO = "InternetGatewayDevice.DeviceInfo.";
const EAP = "InternetGatewayDevice.OperatorProfile.1.SubscriptionParameters.EAPProfile.1.";
const SW = "InternetGatewayDevice.X_SW_WiMAX.";

let running: Simulator[] = [];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sim-"));
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    treesDir: TREES,
    wsdlFile: WSDL,
    count: 20,
    latencyMs: 0,
    ...options,
  });
  running.push(simulator);
  return simulator;
}

interface Parameter {
  readonly Name: string;
  readonly Value?: string | null;
  readonly ErrorCode: number;
}
interface Result {
  readonly ErrorCode: number;
  readonly Message?: string;
  readonly Id?: number;
  readonly Online?: boolean;
  readonly Serial?: string;
  readonly Params?: { readonly ParamWSDL: Parameter[] };
  readonly CompletedCount?: number;
  readonly FailedCount?: number;
  readonly PendingCount?: number;
}
type Call = (args: object) => Promise<[Record<string, Result> | undefined, string]>;
type Client = soap.Client & Record<string, Call>;

async function connect({ acsUrl }: Simulator, options: soap.IOptions = {}): Promise<Client> {
  return await soap.createClientAsync(WSDL, {
    endpoint: acsUrl,
    preserveWhitespace: true,
    ...options,
  });
}
/** The member `<operation>Result`; undefined when the answer is not one of the operation. */
async function call(client: Client, operation: string, args: object): Promise<Result | undefined> {
  const run = client[`${operation}Async`] as Call;
  const [answer] = await run.call(client, args);
  return answer?.[`${operation}Result`];
}
const read = (
  client: Client,
  devicesn: string,
  names: string[],
  source = 0,
): Promise<Result | undefined> =>
  call(client, "FTGetDeviceParameters", { devicesn, arraynames: { string: names }, source });
const write = (
  client: Client,
  devicesn: string,
  values: Record<string, string>,
  push = true,
): Promise<Result | undefined> =>
  call(client, "FTSetDeviceParameters", {
    devicesn,
    arrayparams: { Param: Object.entries(values).map(([Name, Value]) => ({ Name, Value })) },
    push,
    creator: "plumbline/test",
  });
const valuesOf = (result: Result | undefined): Record<string, unknown> =>
  Object.fromEntries((result?.Params?.ParamWSDL ?? []).map((each) => [each.Name, each.Value]));

async function control(simulator: Simulator, method: string, path: string, body?: unknown) {
  const response = await fetch(`${simulator.url}/sim/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("the operations, with the soap package as client", () => {
  it("answers each one as the description says", async () => {
    const client = await connect(await start());
    expect(await call(client, "FTCPEStatus", { devicesn: S1 })).toEqual({
      ErrorCode: 100,
      Message: "",
      Online: true,
    });
    expect(await call(client, "FTGetDeviceInfo", { devicesn: S1 })).toMatchObject({
      ErrorCode: 100,
      Id: 1,
      Serial: S1,
      OUI: "202BC1",
      RootObject: "InternetGatewayDevice",
      ManufacturerName: "Huawei Technologies Co., Ltd.",
      ModelName: "BM632w",
      FirmwareVersion: "V100R001IRQC56B017",
      Updated: expect.any(Date) as Date,
    });
    const identity = await read(client, S1, [
      `${INFO}SerialNumber`,
      `${EAP}Identity`,
      `${EAP}SharedSecret`,
      `${EAP}Realm`,
    ]);
    expect(identity?.Params?.ParamWSDL).toEqual([
      { Name: `${INFO}SerialNumber`, Value: S1, ErrorCode: 100 },
      { Name: `${EAP}Identity`, Value: "subsim000001@isp.example", ErrorCode: 100 },
      { Name: `${EAP}SharedSecret`, Value: "", ErrorCode: 100 },
      { Name: `${EAP}Realm`, Value: "", ErrorCode: 100 },
    ]);
    const accepted = await write(client, S1, {
      [`${EAP}Identity`]: "new@isp.example ",
      [`${EAP}SharedSecret`]: "p&<w",
    });
    expect(accepted).toEqual({ ErrorCode: 100, Message: "", Id: 100_000_001 });
    expect(valuesOf(await read(client, S1, [`${EAP}Identity`]))).toEqual({
      [`${EAP}Identity`]: "new@isp.example ",
    });
    expect(
      await call(client, "FTGetTransactionStatus", { transactionId: accepted?.Id }),
    ).toMatchObject({ CompletedCount: 1, FailedCount: 0 });
    for (const [operation, args] of [
      [
        "FTAddObject",
        {
          objectname: "InternetGatewayDevice.OperatorProfile.1.WiMAXNetworkParameters.ChannelPlan.",
        },
      ],
      [
        "FTDeleteObject",
        {
          objectname:
            "InternetGatewayDevice.OperatorProfile.1.WiMAXNetworkParameters.ChannelPlan.15.",
        },
      ],
      ["FTRebootDevice", {}],
      ["FTResetToDefault", {}],
    ] as const) {
      expect(await call(client, operation, { devicesn: S1, ...args })).toMatchObject({
        ErrorCode: 100,
        Id: expect.any(Number) as number,
      });
    }
    expect(valuesOf(await read(client, S1, [`${EAP}Identity`, `${INFO}UpTime`]))).toEqual({
      [`${EAP}Identity`]: "factory@isp.example",
      [`${INFO}UpTime`]: "0",
    });
  });

  it("gives a whole tree, of as many parameters as the source had", async () => {
    const client = await connect(await start());
    const all = await read(client, S1, ["InternetGatewayDevice."]);
    // 754 parameters of which four are the ACS's own DeviceID.
    expect(all?.Params?.ParamWSDL).toHaveLength(750);
  });

  it("speaks SOAP 1.2 to who speaks it", async () => {
    const simulator = await start();
    const client = await connect(simulator, { forceSoap12Headers: true });
    expect(await read(client, S1, [`${INFO}SerialNumber`])).toMatchObject({ ErrorCode: 100 });
    const raw = await fetch(simulator.acsUrl, {
      method: "POST",
      body: `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><x:FTCPEStatus xmlns:x="http://www.friendly-tech.com"><x:devicesn>${S1}</x:devicesn></x:FTCPEStatus></e:Body></e:Envelope>`,
    });
    expect(raw.headers.get("content-type")).toBe("application/soap+xml; charset=utf-8");
    expect(await raw.text()).toContain("<Online>true</Online>");
  });

  it("gives a code to each unknown name, and no Params when nothing could be read", async () => {
    const client = await connect(await start());
    const some = await read(client, S1, [`${INFO}SerialNumber`, "InternetGatewayDevice.No"]);
    expect(some?.Params?.ParamWSDL[1]).toEqual({
      Name: "InternetGatewayDevice.No",
      ErrorCode: 9005,
    });
    expect(await read(client, S1, ["InternetGatewayDevice.No"])).toEqual({
      ErrorCode: 100,
      Message: "",
    });
  });

  it("does not know other serials, nor the right serial with another OUI", async () => {
    const client = await connect(await start());
    for (const args of [
      { devicesn: "NOBODY" },
      { devicesn: S1, oui: "00259E" },
      { devicesn: S1, modelname: "EG8145V5" },
    ]) {
      for (const operation of [
        "FTCPEStatus",
        "FTGetDeviceInfo",
        "FTGetDeviceParameters",
        "FTSetDeviceParameters",
        "FTRebootDevice",
      ]) {
        expect(await call(client, operation, args)).toMatchObject({
          ErrorCode: 201,
          Message: "Device not found",
        });
      }
    }
    expect(
      await call(client, "FTCPEStatus", { devicesn: S1, oui: "202BC1", modelname: "BM632w" }),
    ).toMatchObject({ ErrorCode: 100 });
  });

  it("does not tell what the CPE refused: the answer is 100 and the transaction fails", async () => {
    const client = await connect(await start());
    const answer = await write(client, S1, {
      [`${EAP}Identity`]: "x",
      [`${INFO}SerialNumber`]: "y",
    });
    expect(answer).toMatchObject({ ErrorCode: 100 });
    expect(
      await call(client, "FTGetTransactionStatus", { transactionId: answer?.Id }),
    ).toMatchObject({ CompletedCount: 0, FailedCount: 1 });
    expect(valuesOf(await read(client, S1, [`${EAP}Identity`]))).toEqual({
      [`${EAP}Identity`]: "subsim000001@isp.example",
    });
  });

  it("makes, changes and removes rules of the talk's channel table", async () => {
    const client = await connect(await start());
    const table = async (): Promise<unknown> =>
      valuesOf(await read(client, S5, [`${SW}ChannelTable.`]));
    await write(client, S5, { [`${SW}ChannelTable.InsertRule`]: "2525000,10000" });
    await write(client, S5, { [`${SW}ChannelTable.Rule01`]: "" });
    await write(client, S5, { [`${SW}ChannelTable.Rule02`]: "2535000,5000" });
    expect(await table()).toEqual({
      [`${SW}ChannelTable.InsertRule`]: "",
      [`${SW}ChannelTable.Rule02`]: "2535000,5000",
      [`${SW}ChannelTable.Rule03`]: "2525000,10000",
    });
  });

  it("answers from memory what was last read, nil what never was, also of a CPE that is off", async () => {
    const simulator = await start({ models: ["zte-f650"] });
    const client = await connect(simulator);
    await write(client, S1, { [`${INFO}ProvisioningCode`]: "fresh" });
    simulator.setPower(false);
    const names = [`${INFO}ProvisioningCode`, `${INFO}Description`];
    const [, raw] = await (client["FTGetDeviceParametersAsync"] as Call).call(client, {
      devicesn: S1,
      arraynames: { string: names },
      source: 1,
    });
    expect(raw).toContain("ProvisioningCode</Name><Value>prov-code</Value>");
    expect(raw).toContain('Description</Name><Value xsi:nil="true" />');
    expect(await read(client, S1, names, 0)).toEqual({
      ErrorCode: 201,
      Message: "Device is offline",
    });
  });

  it("gives its description, with its own address", async () => {
    const simulator = await start();
    const text = await (await fetch(`${simulator.acsUrl}?WSDL`)).text();
    expect(text).toContain(`location="http://127.0.0.1:${simulator.port}/ftacsws/acsws.asmx"`);
    const client = (await soap.createClientAsync(`${simulator.acsUrl}?wsdl`)) as Client;
    expect(await call(client, "FTCPEStatus", { devicesn: S1 })).toMatchObject({ Online: true });
  });

  it.each([
    ["text", "hello"],
    ["another envelope", "<a/>"],
    [
      "an empty body",
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
    ],
    [
      "an unknown operation",
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><FTNo xmlns="http://www.friendly-tech.com"/></s:Body></s:Envelope>',
    ],
    [
      "an operation without its namespace",
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><FTCPEStatus/></s:Body></s:Envelope>',
    ],
    [
      "a number that is none",
      '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><FTGetDeviceParameters xmlns="http://www.friendly-tech.com"><source>x</source></FTGetDeviceParameters></s:Body></s:Envelope>',
    ],
  ])("answers %s with a fault", async (_name, body) => {
    const { acsUrl } = await start();
    const response = await fetch(acsUrl, { method: "POST", body });
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("<soap:Fault>");
  });
});

describe("login", () => {
  it("Basic: 401 without, an answer with", async () => {
    const simulator = await start({ auth: { kind: "basic", user: "api", password: "p:ß" } });
    const client = await connect(simulator);
    await expect(call(client, "FTCPEStatus", { devicesn: S1 })).rejects.toThrow();
    const bare = await fetch(simulator.acsUrl, { method: "POST", body: "" });
    expect([bare.status, bare.headers.get("www-authenticate")]).toEqual([
      401,
      'Basic realm="ftacsws"',
    ]);
    client.setSecurity(new soap.BasicAuthSecurity("api", "p:ß"));
    expect(await call(client, "FTCPEStatus", { devicesn: S1 })).toMatchObject({ Online: true });
  });

  it("UsernameToken: a fault without or with a wrong one, an answer with", async () => {
    const client = await connect(
      await start({ auth: { kind: "usernametoken", user: "api", password: "pw" } }),
    );
    await expect(call(client, "FTCPEStatus", { devicesn: S1 })).rejects.toThrow(
      "could not be authenticated",
    );
    const plain = {
      passwordType: "PasswordText" as const,
      hasTimeStamp: false,
      hasTokenCreated: false,
      hasNonce: false,
    };
    client.setSecurity(new soap.WSSecurity("api", "no", plain));
    await expect(call(client, "FTCPEStatus", { devicesn: S1 })).rejects.toThrow(
      "could not be authenticated",
    );
    client.setSecurity(new soap.WSSecurity("api", "pw", plain));
    expect(await call(client, "FTCPEStatus", { devicesn: S1 })).toMatchObject({ Online: true });
  });

  it("none: a token is passed over, unless it must be understood", async () => {
    const client = await connect(await start());
    client.setSecurity(new soap.WSSecurity("api", "pw"));
    expect(await call(client, "FTCPEStatus", { devicesn: S1 })).toMatchObject({ Online: true });
    client.setSecurity(new soap.WSSecurity("api", "pw", { mustUnderstand: true }));
    await expect(call(client, "FTCPEStatus", { devicesn: S1 })).rejects.toThrow("not understood");
  });
});

describe("power", () => {
  it("a live read of a CPE that is off takes its own time and is refused; a write waits for its return", async () => {
    const simulator = await start({ offlineLatencyMs: 60 });
    const client = await connect(simulator);
    expect(simulator.setPower(false, { ids: [S1] })).toEqual({
      selected: 1,
      changed: 1,
      online: 19,
      offline: 1,
    });
    expect(await call(client, "FTCPEStatus", { devicesn: S1 })).toMatchObject({
      ErrorCode: 100,
      Online: false,
    });
    const from = performance.now();
    expect(await read(client, S1, [`${EAP}Identity`])).toEqual({
      ErrorCode: 201,
      Message: "Device is offline",
    });
    expect(performance.now() - from).toBeGreaterThan(55);
    const answer = await write(client, S1, { [`${EAP}Identity`]: "late@isp.example" });
    expect(
      await call(client, "FTGetTransactionStatus", { transactionId: answer?.Id }),
    ).toMatchObject({ PendingCount: 1 });
    simulator.setPower(true, { ids: [S1] });
    expect(valuesOf(await read(client, S1, [`${EAP}Identity`, `${INFO}UpTime`]))).toEqual({
      [`${EAP}Identity`]: "late@isp.example",
      [`${INFO}UpTime`]: "0",
    });
  });

  it("cuts the same share for the same seed, by site and by model too", async () => {
    const offline = async (): Promise<unknown> => {
      const simulator = await start({ count: 60 });
      await control(simulator, "POST", "power", { state: "off", share: 0.5 });
      const { devices } = (await control(simulator, "GET", "devices")).body as {
        devices: { serial: string; online: boolean }[];
      };
      return devices.filter((each) => !each.online).map((each) => each.serial);
    };
    const first = await offline();
    expect(first).toHaveLength(30);
    expect(await offline()).toEqual(first);
    const simulator = await start({ count: 60 });
    expect(simulator.setPower(false, { model: "huawei-bm632w" })).toMatchObject({
      selected: 12,
      changed: 12,
    });
    expect(simulator.setPower(false, { site: "jhb" }).selected).toBeGreaterThan(0);
    expect(simulator.setPower(true)).toMatchObject({ online: 60, offline: 0 });
  });

  it("a write without push waits for the next session", async () => {
    const client = await connect(await start({ informIntervalMs: 3_600_000 }));
    const answer = await write(client, S1, { [`${EAP}Identity`]: "later" }, false);
    expect(
      await call(client, "FTGetTransactionStatus", { transactionId: answer?.Id }),
    ).toMatchObject({ PendingCount: 1 });
    expect(valuesOf(await read(client, S1, [`${EAP}Identity`]))).toEqual({
      [`${EAP}Identity`]: "later",
    });
  });
});

describe("calls at the same time", () => {
  it("are counted, with the longest overlap", async () => {
    const simulator = await start({ latencyMs: 200 });
    const client = await connect(simulator);
    await read(client, S1, [`${INFO}SerialNumber`]);
    expect(simulator.stats()).toMatchObject({ calls: 1, maxInFlight: 1, longestOverlapMs: 0 });
    await Promise.all(
      [S1, S2, S4].map((each) => call(client, "FTCPEStatus", { devicesn: each, creator: "three" })),
    );
    const stats = simulator.stats();
    expect(stats).toMatchObject({
      calls: 4,
      maxInFlight: 3,
      inFlight: 0,
      mixedUp: 0,
      perOp: { FTCPEStatus: { calls: 3 } },
    });
    expect(stats.longestOverlapMs).toBeGreaterThan(40);
    expect(stats.idleShare).toBeLessThan(0.9);
    const { calls } = (await control(simulator, "GET", "calls?after=1")).body as {
      calls: { creator: string; serial: string }[];
    };
    expect(calls.map((each) => each.creator)).toEqual(["three", "three", "three"]);
  });

  it("that overlap get each other's answer when the ACS mixes them up: another device's, another operation's", async () => {
    const simulator = await start({ latencyMs: 200, mixUps: 1 });
    const client = await connect(simulator);
    const name = `${INFO}SerialNumber`;
    const [first, second] = await Promise.all([read(client, S1, [name]), read(client, S2, [name])]);
    expect([valuesOf(first)[name], valuesOf(second)[name]]).toEqual([S2, S1]);
    const [status, info] = await Promise.all([
      call(client, "FTCPEStatus", { devicesn: S1 }),
      call(client, "FTGetDeviceInfo", { devicesn: S2 }),
    ]);
    // The soap package hands over a foreign answer as undefined, without an error.
    expect([status, info]).toEqual([undefined, undefined]);
    expect(simulator.stats().mixedUp).toBe(4);
    expect(valuesOf(await read(client, S1, [name]))).toEqual({ [name]: S1 });
  });

  it("do their work on the right device though the answers are swapped", async () => {
    const client = await connect(await start({ latencyMs: 200, mixUps: 1 }));
    await Promise.all([
      write(client, S1, { [`${EAP}Identity`]: "one" }),
      read(client, S5, [`${SW}Auth.`]),
    ]);
    expect(valuesOf(await read(client, S1, [`${EAP}Identity`]))).toEqual({
      [`${EAP}Identity`]: "one",
    });
  });
});

describe("one-shot trouble", () => {
  const NAME = `${INFO}SerialNumber`;
  const IDENTITY = `${EAP}Identity`;
  const body = (inner: string): string =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`;
  const readBody = body(
    `<FTGetDeviceParameters xmlns="http://www.friendly-tech.com"><devicesn>${S1}</devicesn><arraynames><string>${NAME}</string></arraynames></FTGetDeviceParameters>`,
  );
  const writeBody = body(
    `<FTSetDeviceParameters xmlns="http://www.friendly-tech.com"><devicesn>${S1}</devicesn><arrayparams><Param><Name>${IDENTITY}</Name><Value>w</Value></Param></arrayparams><push>1</push></FTSetDeviceParameters>`,
  );
  const post = async (simulator: Simulator, text: string, ms = 5_000): Promise<string> => {
    try {
      const response = await fetch(simulator.acsUrl, {
        method: "POST",
        body: text,
        signal: AbortSignal.timeout(ms),
      });
      return `${response.status} ${await response.text()}`;
    } catch (error) {
      return (error as Error).name;
    }
  };

  it.each([
    ["html", {}, /^500 <!DOCTYPE html>/, false],
    ["html", { status: 200 }, /^200 <!DOCTYPE html>/, false],
    ["empty", {}, /^200 $/, false],
    ["truncated", {}, /^200 <\?xml(?!.*<\/soap:Envelope>)/s, true],
    ["cut-before", {}, /^TypeError$/, false],
    ["cut-after", {}, /^TypeError$/, true],
    ["hang", {}, /^TimeoutError$/, true],
    ["slow", { delayMs: 50 }, /<Id>100000001<\/Id>/, true],
    ["wrong-operation", {}, /<FTCPEStatusResponse/, true],
    ["soap-fault", {}, /^500 .*<soap:Fault>/s, false],
    [
      "error-code",
      { code: 207, message: "Busy" },
      /<ErrorCode>207<\/ErrorCode><Message>Busy<\/Message>/,
      false,
    ],
  ] as const)(
    "%s %j hits a write once, and does or leaves the work",
    async (kind, more, answer, done) => {
      const simulator = await start();
      await control(simulator, "POST", "inject", {
        kind,
        operation: "FTSetDeviceParameters",
        ...more,
      });
      expect(await post(simulator, readBody)).toContain(S1);
      expect(await post(simulator, writeBody, kind === "hang" ? 300 : 5_000)).toMatch(answer);
      const { parameters } = (
        await control(simulator, "GET", `devices/${S1}/parameters?path=${IDENTITY}`)
      ).body as { parameters: { value: string }[] };
      expect(parameters[0]?.value).toBe(done ? "w" : "subsim000001@isp.example");
      expect(await post(simulator, writeBody)).toContain("<ErrorCode>100</ErrorCode>");
      expect(simulator.stats().injectionsWaiting).toBe(0);
    },
  );

  it("other-device answers a read with the parameters of another CPE of the model; missing-params with none", async () => {
    const simulator = await start();
    simulator.inject({ kind: "other-device" });
    simulator.inject({ kind: "missing-params" });
    expect(await post(simulator, readBody)).toContain("<Value>SIM000006</Value>");
    expect(await post(simulator, readBody)).not.toContain("Params");
    expect(await post(simulator, readBody)).toContain(`<Value>${S1}</Value>`);
  });

  it("other-device does nothing to the other CPE when the call was a write", async () => {
    const simulator = await start();
    const { core } = simulator;
    const shown = (): string[] =>
      core.acs.entries.map(({ state }) => JSON.stringify(nodesBelow(state.cpe, "")));
    const before = shown();
    simulator.inject({ kind: "other-device" });
    expect(await post(simulator, writeBody)).toContain("<ErrorCode>100</ErrorCode>");
    expect(shown()).toEqual(before);
  });

  it("can hit a share of many calls, the same ones for the same seed", async () => {
    const hits = async (): Promise<string> => {
      const simulator = await start();
      simulator.inject({ kind: "error-code", probability: 0.3, count: 1_000 });
      let text = "";
      for (let i = 0; i < 40; i += 1)
        text += (await post(simulator, readBody)).includes("201") ? "x" : ".";
      return text;
    };
    const first = await hits();
    expect(first.split("x").length - 1).toBeGreaterThan(4);
    expect(await hits()).toBe(first);
  });

  it("a call that hangs is in flight until its caller gives up", async () => {
    const simulator = await start();
    simulator.inject({ kind: "hang" });
    const hanging = post(simulator, readBody, 150);
    await expect.poll(() => simulator.stats().inFlight).toBe(1);
    expect(await hanging).toBe("TimeoutError");
    await expect.poll(() => simulator.stats().inFlight).toBe(0);
  });
});

describe("the bench's controls", () => {
  it("list devices, read what a CPE really holds, and change it by hand", async () => {
    const simulator = await start();
    const { devices } = (await control(simulator, "GET", "devices")).body as {
      devices: Record<string, unknown>[];
    };
    expect(devices[3]).toMatchObject({
      id: "001CAA-WIMAX%2D25%2Ev2-SIM000004",
      oui: "001CAA",
      productClass: "WIMAX-25.v2",
      serial: S4,
      model: "talk-frequency-table",
      online: true,
    });
    const path = `devices/${encodeURIComponent(String(devices[3]?.["id"]))}/parameters`;
    expect(
      await control(simulator, "PUT", path, { "Device.X_GP_WiMAX.SignalStrength": "-90" }),
    ).toMatchObject({ status: 200 });
    const read = await control(simulator, "GET", `${path}?path=Device.PPP.Interface.1.Password`);
    expect(read.body).toMatchObject({
      parameters: [{ value: "", held: expect.stringContaining("first-") as string }],
    });
    expect((await control(simulator, "GET", `${path}?path=Device.X_GP_WiMAX.`)).body).toMatchObject(
      {
        parameters: [{ value: "10000" }, { value: "2505000,2515000" }, { value: "-90" }],
      },
    );
  });

  it.each([
    ["GET", "nothing", undefined, 404],
    ["GET", "devices/NOBODY", undefined, 404],
    ["GET", "devices/%E0%A4%A/parameters", undefined, 404],
    ["PUT", `devices/${S1}/parameters`, { "InternetGatewayDevice.No": "1" }, 404],
    ["POST", "power", { state: "maybe" }, 422],
    ["POST", "inject", { kind: "nothing" }, 422],
    ["POST", "trouble", { mixUp: 1 }, 422],
  ])("answer %s %s %j with %i", async (method, path, body, status) => {
    expect((await control(await start(), method, path, body)).status).toBe(status);
  });

  it("change latency and mix-ups while it runs", async () => {
    const simulator = await start();
    expect(
      (await control(simulator, "POST", "trouble", { latencyMs: 30, mixUps: 0.5 })).body,
    ).toMatchObject({ latencyMs: 30, mixUps: 0.5, latencySigma: 0 });
  });
});

describe("a restart with a state file", () => {
  it("is the same fleet: values, secrets, power, waiting work, counters", async () => {
    const stateFile = join(folder, "state.ndjson");
    const first = await start({ stateFile });
    const client = await connect(first);
    await write(client, S1, {
      [`${EAP}Identity`]: "kept@isp.example",
      [`${EAP}SharedSecret`]: "kept",
    });
    await write(client, S5, { [`${SW}ChannelTable.InsertRule`]: "2525000,10000" });
    first.setPower(false, { ids: [S2] });
    const waiting = await write(client, S2, { [`${INFO}ProvisioningCode`]: "waits" });
    const devices = (await control(first, "GET", "devices")).body;
    await first.stop();
    appendFileSync(stateFile, '{"s":"SIM000001","at":1,"e":{"kind":"tam');

    for (const from of ["the replayed log", "the compacted log"]) {
      const next = await start({ stateFile });
      expect((await control(next, "GET", "devices")).body, from).toEqual(devices);
      const held = await control(next, "GET", `devices/${S1}/parameters?path=${EAP}SharedSecret`);
      expect(held.body).toMatchObject({ parameters: [{ value: "", held: "kept" }] });
      expect((await control(next, "GET", `transactions/${String(waiting?.Id)}`)).body).toEqual({
        state: "pending",
      });
      await next.stop();
    }
    const last = await start({ stateFile });
    last.setPower(true, { ids: [S2] });
    const after = await connect(last);
    expect(valuesOf(await read(after, S2, [`${INFO}ProvisioningCode`]))).toEqual({
      [`${INFO}ProvisioningCode`]: "waits",
    });
    expect((await write(after, S1, { [`${EAP}Identity`]: "x" }))?.Id).toBe((waiting?.Id ?? 0) + 1);
  });

  it("refuses the file of another fleet", async () => {
    const stateFile = join(folder, "state.ndjson");
    await (await start({ stateFile })).stop();
    await expect(start({ stateFile, seed: "other" })).rejects.toThrow("another simulated fleet");
  });

  it("holds one line for each change, readable by its owner only", async () => {
    const stateFile = join(folder, "state.ndjson");
    const simulator = await start({ stateFile });
    const client = await connect(simulator);
    const before = readFileSync(stateFile, "utf8").split("\n").length;
    for (let i = 0; i < 5; i += 1) await write(client, S1, { [`${EAP}Identity`]: `u${i}` });
    await read(client, S1, [`${EAP}Identity`]);
    expect(readFileSync(stateFile, "utf8").split("\n").length - before).toBe(5);
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
  });

  it("appends calls to a file of their own, without values", async () => {
    const callLogFile = join(folder, "calls.ndjson");
    const client = await connect(await start({ callLogFile }));
    await write(client, S1, { [`${EAP}SharedSecret`]: "canary" });
    const text = readFileSync(callLogFile, "utf8");
    expect(JSON.parse(text)).toMatchObject({
      seq: 1,
      operation: "FTSetDeviceParameters",
      serial: S1,
      creator: "plumbline/test",
      outcome: "ok",
    });
    expect(text).not.toContain("canary");
  });
});

it("a port that is taken is said so", async () => {
  const { port } = await start();
  await expect(start({ port })).rejects.toThrow(`cannot listen on 127.0.0.1:${port}`);
});

it("a file that cannot be written is named", async () => {
  const stateFile = join(folder, "no", "such", "state.ndjson");
  await expect(start({ stateFile })).rejects.toThrow(`cannot write ${stateFile}`);
});

it("a call lasts from the first byte of its question, on a connection that is used again", async () => {
  const simulator = await start({ latencyMs: 20 });
  const socket = connectTo(simulator.port, "127.0.0.1");
  await once(socket, "connect");
  const body =
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
    `<FTCPEStatus xmlns="http://www.friendly-tech.com"><devicesn>${S1}</devicesn></FTCPEStatus></s:Body></s:Envelope>`;
  const head = `POST /ftacsws/acsws.asmx HTTP/1.1\r\nhost: x\r\ncontent-type: text/xml\r\ncontent-length: ${body.length}\r\n\r\n`;
  for (const slow of [head.slice(0, 30), head, head + body.slice(0, 30), ""]) {
    const answer = once(socket, "data");
    if (slow !== "") {
      socket.write(slow);
      await sleep(100);
    }
    socket.write((head + body).slice(slow.length));
    await answer;
    await sleep(50);
  }
  socket.destroy();
  const tookMs = simulator.core.calls.after(0, 10).map(({ startMs, endMs }) => endMs - startMs);
  const isSlow = tookMs.map((ms) => ms >= 100);
  expect(isSlow, tookMs.join()).toEqual([true, true, true, false]);
});
