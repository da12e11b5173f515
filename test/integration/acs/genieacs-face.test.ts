/**
 * The simulator's GenieACS against the recorded one: the same requests in the same order, on CPEs of the same models, and
 * the answers compared field by field (status, reason phrase, headers, members and their kinds).
 */
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../../../src/acs/simulator/server.ts";
import { treesFolder, wsdlFile } from "../../../src/app/shipped.ts";
import { sample, SAMPLES, type Sample } from "../../support/samples.ts";

const RESPAWN_MS = 250;
let simulator: Simulator;

beforeAll(async () => {
  const frequency = "talk-frequency-table";
  simulator = await startSimulator({
    treesDir: treesFolder(),
    wsdlFile: wsdlFile(),
    // Serial numbers are given in this order, from SIM000001.
    models: [frequency, "talk-channel-rules", "huawei-bm632w", frequency, "talk-channel-rules"],
    count: 5,
    latencyMs: 5,
    respawnMs: RESPAWN_MS,
  });
});
afterAll(() => simulator.stop());

interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Plain, so that a path goes out as it is written. Undefined when the connection is cut. */
function ask(
  method: string,
  path: string,
  body = "",
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(simulator.url);
    const request = httpRequest(
      { hostname, port, method, path: `/nbi${path}`, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const { statusCode: status = 0, statusMessage: reason = "", headers: got } = response;
          resolve({ status, reason, headers: got, body: Buffer.concat(chunks).toString("utf8") });
        });
      },
    );
    request.on("error", () => {
      resolve(undefined);
    });
    request.end(body);
  });
}

/** The recorded BM632w has a serial number that our fleets do not give. */
const ours = (text: string): string => text.replaceAll("SIM000000", "SIM000003");

const told = new Set<string>();

/** Sends what was recorded and holds the answer against the recorded one. */
async function replay(
  name: string,
  change: { readonly path?: (path: string) => string; readonly body?: unknown } = {},
): Promise<unknown> {
  const { request, response } = sample(name);
  const given = change.body ?? request.body;
  const body = given === undefined ? "" : typeof given === "string" ? given : JSON.stringify(given);
  const path = ours((change.path ?? ((text) => text))(request.rawPath ?? request.path));
  const answer = await ask(request.method, path, ours(body), request.headers);
  if (answer === undefined) throw new Error(`${name}: the connection was cut`);
  told.add(name);
  expect(answer.status, name).toBe(response.status);
  expect(answer.reason, name).toBe(response.reason);
  for (const [header, value] of Object.entries(response.headers)) {
    const said = answer.headers[header];
    if (header === "total") expect(said, `${name} ${header}`).toMatch(/^\d+$/);
    else expect(said, `${name} ${header}`).toBe(value);
  }
  if (typeof response.body === "string") {
    expect(kindOfText(answer.body), name).toBe(kindOfText(response.body));
    return answer.body;
  }
  const got = JSON.parse(answer.body) as unknown;
  compare(got, JSON.parse(ours(JSON.stringify(response.body))), name);
  return got;
}

/** Words are compared as words; what a parser says of a wrong text differs between versions of Node. */
function kindOfText(text: string): string {
  return /^SyntaxError: /.test(text) ? "SyntaxError" : text;
}

function kindOf(value: unknown): string {
  if (typeof value !== "string") return value === null ? "null" : typeof value;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return "time";
  return /^[0-9a-f]{24}$/.test(value) ? "task id" : "text";
}

/** Members that our trees have and the recorded CPE had not (`# added` in the tree files), and the other way round. */
const OURS_ALONE = new Set(["ModelName"]);

function compare(got: unknown, want: unknown, at: string): void {
  if (Array.isArray(want)) {
    if (!Array.isArray(got)) throw new Error(`${at} is no list`);
    for (const [i, item] of want.entries()) compare(got[i], item, `${at}[${i}]`);
    return;
  }
  if (typeof want !== "object" || want === null) {
    expect(kindOf(got), at).toBe(kindOf(want));
    return;
  }
  const members = (value: unknown): string[] =>
    Object.keys(value as object)
      .filter((name) => !OURS_ALONE.has(name))
      .sort();
  expect(members(got), at).toEqual(members(want));
  for (const name of members(want)) {
    compare(
      (got as Record<string, unknown>)[name],
      (want as Record<string, unknown>)[name],
      `${at}.${name}`,
    );
  }
}

const FREQUENCY = "001CAA-WIMAX%252D25%252Ev2-SIM000001";
const CHANNELS = "0022F7-SWU_9100-SIM000002";
const post = (id: string, task: unknown, query = "?connection_request") =>
  ask("POST", `/devices/${id}/tasks${query}`, JSON.stringify(task));
const power = (on: boolean): void => {
  simulator.setPower(on, { ids: ["SIM000002"] });
};
/** The next second of the ACS, in which it asks a CPE again. */
const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1_010));

describe("recorded answers, in the order of the recording", () => {
  it("devices, before and after they were asked for everything", async () => {
    await replay("device-fresh-inform-only");
    expect((await ask("POST", `/devices/${FREQUENCY}/tags/rollout-a`))?.status).toBe(200);
    await post(FREQUENCY, { name: "refreshObject", objectName: "Device" });
    await post(CHANNELS, { name: "refreshObject", objectName: "InternetGatewayDevice" });
    await replay("device-tr181-frequencytable");
    await replay("device-tr098-channelrules");
    await replay("devices-page");
    const [fresh, known] = (await replayUnsorted("device-projection")) as object[];
    expect([fresh, known]).toHaveLength(2);
  });

  /** The order of a list without a sort is nobody's business: the fresh one comes first in the recording. */
  async function replayUnsorted(name: string): Promise<unknown> {
    return await replay(name, {
      path: (path) => `${path}&sort=${encodeURIComponent('{"_id":-1}')}`,
    });
  }

  it("tasks that run: reads, sets, and those that only look as if they had", async () => {
    await replay("task-200-get");
    await nextSecond();
    await replay("task-200-set");
    await replay("device-after-set");
    await replay("task-200-set-unknown-parameter");
    await replay("task-200-set-stale-cache");
  });

  it("tasks that wait", async () => {
    await replay("task-202-queued-no-connection-request");
    await replay("tasks-list");
    power(false);
    await replay("task-202-device-offline");
    await replay("connection-request-504");
    power(true);
    simulator.setTrouble({ connectionRequests: "unanswered" });
    await replay("task-202-not-processed");
    simulator.setTrouble({ connectionRequests: "answered" });
  });

  it("a task that the CPE refused, and its fault until it is deleted", async () => {
    const wrong = ["Device.X_GP_WiMAX.Bandwidth", -1];
    const task = (await replay("task-202-faulted", {
      body: {
        name: "setParameterValues",
        parameterValues: [["Device.X_GP_WiMAX.FrequencyTable", "1,2"], wrong],
      },
    })) as { _id: string };
    const [fault] = (await replay("faults-9003-set")) as Record<string, unknown>[];
    expect(fault).toMatchObject({ code: "cwmp.9003", message: "Invalid arguments", retries: 0 });
    await replay("fault-delete", {
      path: (path) => path.replace(/task_[0-9a-f]+/, `task_${task._id}`),
    });
    expect((await ask("GET", "/faults/"))?.body.replaceAll(/\s/g, "")).toBe("[]");
    expect((await ask("DELETE", `/tasks/${task._id}`))?.status).toBe(404);
  });

  it("rows of a table, found in the tree and not in the answer", async () => {
    await replay("task-200-addobject");
    await replay("device-after-addobject");
    await replay("task-200-deleteobject");
  });

  it("files, and Downloads whose end is told by a later session", async () => {
    await replay("file-put");
    await replay("files-list");
    await replay("task-200-download");
    await replay("operations-pending-download");
    await ask("POST", "/devices/001CAA-WIMAX%252D25%252Ev2-SIM000004/tasks?connection_request");
    await replay("device-after-download");
    await replay("task-200-download-absent-file");
    await ask("POST", "/devices/001CAA-WIMAX%252D25%252Ev2-SIM000004/tasks?connection_request");
    await replay("faults-9016-download");
    const tasks = await ask("GET", "/tasks/");
    expect(tasks?.body).not.toContain("SIM000004");
  });

  it("a reboot", async () => {
    await replay("task-200-reboot");
    await ask("POST", "/devices/202BC1-BM632w-SIM000003/tasks?connection_request");
    await replay("device-after-reboot");
  });

  it("presets and provisions, kept as they were put", async () => {
    await replay("provision-put");
    await replay("provisions-list");
    await replay("preset-put");
    await replay("presets-list");
  });

  it("errors in their own words", async () => {
    for (const name of SAMPLES.filter((each) => each.startsWith("error-"))) await replay(name);
  });

  it("none was left out but those that our CPEs cannot give", () => {
    const left = SAMPLES.filter((name) => !told.has(name));
    // No CPE of ours fails inside while it is read, and no script of a preset is run.
    expect(left).toEqual(["faults-9002-get", "faults-preset-script", "task-202-faulted-get"]);
    const kinds: readonly Sample["request"]["method"][] = ["GET", "POST", "PUT", "DELETE"];
    expect(new Set(SAMPLES.map((name) => sample(name).request.method))).toEqual(new Set(kinds));
  });
});
