/** The pure half of the GenieACS adapter on recorded answers, and its parsers on anything. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  faultPath,
  isName,
  listPath,
  projectionOf,
  tasksPath,
} from "../../../../src/acs/genieacs/address.ts";
import {
  decodeConnection,
  decodeDevice,
  decodeList,
  decodeTaken,
  type Answer,
  type Members,
} from "../../../../src/acs/genieacs/answer.ts";
import { treeOf } from "../../../../src/acs/genieacs/document.ts";
import { decodeFault } from "../../../../src/acs/genieacs/faults.ts";
import { decodeRead } from "../../../../src/acs/genieacs/readings.ts";
import {
  decodeFacts,
  decodePage,
  decodeStatus,
  PAGE,
  pageQuery,
} from "../../../../src/acs/genieacs/translate.ts";
import { sample, SAMPLES } from "../../../support/samples.ts";

function answerOf(name: string): Answer {
  const { status, reason, body } = sample(name).response;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { kind: "answer", status, phrase: reason, body: text, sentAt: new Date(0) };
}

function answer(body: string, status = 200, phrase = "OK"): Answer {
  return { kind: "answer", status, phrase, body, sentAt: new Date(0) };
}

function documentsOf(name: string): readonly Members[] {
  const list = decodeList(answerOf(name));
  if (list.kind !== "list") throw new Error(JSON.stringify(list));
  return list.documents;
}

const DEVICE = "001CAA-WIMAX%2D25%2Ev2-SIM000001";
const OTHER = "0022F7-SWU_9100-SIM000002";

describe("the answer to a task", () => {
  it.each([
    ["task-200-get", DEVICE, "getParameterValues", "ended"],
    ["task-200-set", DEVICE, "setParameterValues", "ended"],
    ["task-200-addobject", OTHER, "addObject", "ended"],
    ["task-200-deleteobject", OTHER, "deleteObject", "ended"],
    ["task-200-reboot", "202BC1-BM632w-SIM000000", "reboot", "ended"],
    ["task-202-device-offline", OTHER, "reboot", "waiting"],
    ["task-202-not-processed", OTHER, "getParameterValues", "waiting"],
    ["task-202-queued-no-connection-request", OTHER, "getParameterValues", "waiting"],
    ["task-202-faulted", DEVICE, "setParameterValues", "faulted"],
    ["task-202-faulted-get", DEVICE, "getParameterValues", "faulted"],
  ])("%s: %s, %s is %s", (name, device, task, state) => {
    expect(decodeTaken(answerOf(name), device, task)).toMatchObject({ kind: "taken", state });
  });

  it.each([
    ["of another device", "task-200-get", OTHER, "getParameterValues", "wrong_device"],
    ["of another name", "task-200-get", DEVICE, "provisions", "wrong_type"],
    ["that is a list", "tasks-list", OTHER, "getParameterValues", "wrong_type"],
    ["that says bad request", "error-400-query", DEVICE, "provisions", "garbled"],
    ["404 for a collection", "error-404-collection", DEVICE, "provisions", "garbled"],
  ])("is not believed when it is one %s", (_reason, name, device, task, fault) => {
    expect(decodeTaken(answerOf(name), device, task)).toMatchObject({ kind: "unknown", fault });
  });

  it("says that the ACS does not know the device", () => {
    const said = decodeTaken(answerOf("error-404-device"), "nope", "reboot");
    expect(said).toEqual({ kind: "refused", code: 404, text: "No such device" });
  });

  it("to a bare connection request says whether the CPE was reached", () => {
    expect(decodeConnection(answerOf("connection-request-504"))).toEqual({
      kind: "offline",
      unreached: true,
    });
    expect(decodeConnection(answer(""))).toEqual({ kind: "online" });
    expect(decodeConnection(answerOf("task-200-reboot"))).toMatchObject({ fault: "garbled" });
  });
});

describe("a fault", () => {
  const id = (task: string, device = DEVICE) => `${device}:task_${task}`;
  it.each([
    [
      "of one parameter",
      "faults-9003-set",
      id("6b036c89744b9d4bbb2b9ae8"),
      {
        kind: "rejected",
        code: 9007,
        text: "Device.X_GP_WiMAX.FrequencyTable: Rejected by device",
      },
    ],
    [
      "of a whole call",
      "faults-9002-get",
      id("6b036c89744b9d4bbb2b9ae9"),
      { kind: "rejected", code: 9002, text: "Internal error" },
    ],
    [
      "of a download",
      "faults-9016-download",
      id("6b036c8f744b9d4bbb2b9aec", "001CAA-WIMAX%2D25%2Ev2-SIM000004"),
      { kind: "rejected", code: 9016, text: "HTTP 404" },
    ],
    [
      "of a script",
      "faults-preset-script",
      `${OTHER}:boom`,
      { kind: "unknown", fault: "acs_fault", sent: true, detail: "script.Error: bad thing" },
    ],
  ])("%s is told as the CPE told it", (_reason, name, fault, want) => {
    expect(decodeFault(documentsOf(name), fault)).toEqual(want);
  });

  it("of another task is not ours", () => {
    expect(decodeFault(documentsOf("faults-9003-set"), id("0".repeat(24)))).toBeUndefined();
  });
});

describe("a document", () => {
  it("becomes leaves by full path, as texts, with their times", () => {
    const [document = {}] = documentsOf("device-after-set");
    const { leaves, objects } = treeOf(document);
    expect(leaves.get("Device.PPP.Interface.1.MaxMRUSize")).toEqual({
      reading: { kind: "value", text: "1492" },
      at: Date.parse("2026-11-22T22:28:13.867Z"),
      type: "xsd:unsignedInt",
      writable: true,
    });
    expect(leaves.get("Device.PPP.Interface.1.Enable")?.reading).toEqual({
      kind: "value",
      text: "true",
    });
    expect(objects.get("Device.PPP.Interface.1")).toBe(Date.parse("2026-11-22T22:28:13.863Z"));
    expect(objects.get("Device.PPP")).toBeUndefined();
  });

  it("does not know the writability of what it has only informed", () => {
    const [document = {}] = documentsOf("device-fresh-inform-only");
    const leaf = treeOf(document).leaves.get("Device.DeviceInfo.SoftwareVersion");
    expect(leaf).toMatchObject({ writable: undefined, reading: { text: "1.0.0" } });
  });

  it("keeps a number-like text as it is, and a new row without members as an object", () => {
    const [document = {}] = documentsOf("device-after-addobject");
    const { objects, leaves } = treeOf(document);
    const rows = "InternetGatewayDevice.Layer3Forwarding.Forwarding";
    expect(objects.has(`${rows}.2`)).toBe(true);
    expect([...leaves.keys()].some((path) => path.startsWith(`${rows}.2`))).toBe(false);
  });

  it("is read whole: the serial proves it, and what is older than the question is left out", () => {
    const [document = {}] = documentsOf("device-tr098-channelrules");
    const question = {
      asked: ["InternetGatewayDevice."],
      projection: ["InternetGatewayDevice"],
      identityPath: "InternetGatewayDevice.DeviceInfo.SerialNumber",
      serial: "SIM000002",
      sentAt: new Date(0),
    };
    const since = Date.parse("2026-11-22T22:28:14.400Z");
    const { result, stale } = decodeRead(document, { ...question, since });
    expect(stale).toBe(false);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.covered).toEqual(["InternetGatewayDevice."]);
    const [rule] = [...result.snapshot.values.keys()].filter((path) => path.includes("Rule01"));
    expect(result.snapshot.values.get(rule ?? "")).toMatchObject({ kind: "value" });

    const later = decodeRead(document, { ...question, since: since + 60_000 });
    expect(later).toMatchObject({ stale: true, result: { kind: "unknown", fault: "incomplete" } });
  });

  it("of a list with two devices answers no question about one", () => {
    const twice = decodeDevice(answerOf("device-projection"), DEVICE);
    expect(twice).toMatchObject({ kind: "unknown", fault: "wrong_type" });
  });

  it("says what the device is", () => {
    const [document = {}] = documentsOf("device-fresh-inform-only");
    expect(decodeFacts(document)).toEqual({
      root: "Device",
      manufacturer: "Greenpacket-like",
      oui: "001CAA",
      productClass: "WIMAX-25.v2",
      modelName: null,
      hardwareVersion: "1.0",
      softwareVersion: "1.0.0",
      serial: "SIM000004",
      presence: {},
    });
  });
});

describe("a sign of life", () => {
  const at = (ageS: number, interval?: number, enable?: boolean): Members => ({
    _lastInform: new Date(1_000_000_000_000 - ageS * 1_000).toISOString(),
    Device: {
      ManagementServer: {
        ...(interval === undefined ? {} : { PeriodicInformInterval: { _value: interval } }),
        ...(enable === undefined ? {} : { PeriodicInformEnable: { _value: enable } }),
      },
    },
  });
  const now = new Date(1_000_000_000_000);
  it.each([
    ["two intervals ago", at(600, 300, true), "online"],
    ["between two and three", at(601, 300, true), "ask"],
    ["more than three", at(901, 300, true), "offline"],
    ["recent, and informs once a day", at(901, 86_400, true), "ask"],
    ["old, and informs once a day", at(80_000, 86_400, true), "ask"],
    ["recent, of one that does not inform by itself", at(10, 300, false), "ask"],
    ["old, of one that does not inform by itself", at(9_999, 300, false), "ask"],
    ["of one whose interval nobody has read", at(10), "ask"],
    ["from the future of another clock", at(-3_600, 300, true), "online"],
  ])("%s", (_name, document, kind) => {
    expect(decodeStatus(document, now)).toMatchObject({ kind });
  });

  it.each([
    ["within three of the intervals that it was read with", at(2 * 86_400), 86_400_000, "online"],
    ["after three of them", at(4 * 86_400), 86_400_000, "offline"],
    ["within an hour, where nobody has read one", at(3_000), null, "online"],
    ["after an hour, where nobody has read one", at(4_000), null, "offline"],
    [
      "long ago, of one that does not inform by itself",
      at(4_000, 300, false),
      86_400_000,
      "offline",
    ],
  ])("of one that no connection request reaches: %s", (_name, document, readMs, kind) => {
    expect(decodeStatus(document, now, false, readMs)).toMatchObject({ kind });
  });
});

describe("a page of devices", () => {
  it("names each with its last contact and its last bootstrap", () => {
    const page = decodePage(documentsOf("device-fresh-inform-only"), null);
    expect(page).toEqual({
      kind: "page",
      devices: [
        {
          id: "001CAA-WIMAX%2D25%2Ev2-SIM000004",
          identity: { oui: "001CAA", productClass: "WIMAX-25.v2", serial: "SIM000004" },
          lastContactAt: new Date("2026-11-22T22:28:09.116Z"),
          bootstrappedAt: new Date("2026-11-22T22:28:09.116Z"),
        },
      ],
      next: "2026-11-22T22:28:09.116Z",
      more: false,
    });
  });

  it("goes on behind a page of one millisecond", () => {
    const _lastInform = "2026-11-22T22:28:09.116Z";
    const full = Array.from({ length: PAGE }, (_, i) => ({
      _id: `001CAA-${i}`,
      _deviceId: {},
      _lastInform,
    }));
    expect(decodePage(full, null)).toMatchObject({ next: _lastInform, more: true });
    const behind = `${_lastInform}+001CAA-${PAGE - 1}`;
    expect(decodePage(full, _lastInform)).toMatchObject({ next: behind, more: true });
    expect(pageQuery(behind)).toEqual({ _lastInform, _id: { $gt: `001CAA-${PAGE - 1}` } });
    expect(decodePage(full, behind)).toMatchObject({ next: behind, more: true });
    const later = { next: "2026-11-22T22:28:09.117Z", more: true };
    expect(decodePage(full.slice(1), behind)).toMatchObject(later);
    expect(decodePage([], behind)).toMatchObject(later);
  });

  it("out of its order is not believed: what comes after it would be left out", () => {
    const at = (s: number): Members => ({
      _id: `001CAA-${s}`,
      _deviceId: {},
      _lastInform: `2026-11-22T22:28:0${s}.116Z`,
    });
    expect(decodePage([at(1), at(2)], null).kind).toBe("page");
    expect(decodePage([at(2), at(1)], null)).toMatchObject({
      kind: "unknown",
      fault: "wrong_type",
    });
  });

  it("is not the answer to a question about one device: what informed before that would be left out", () => {
    const status = { _id: "001CAA-1", _lastInform: "2026-11-22T22:28:09.116Z", Device: {} };
    expect(decodePage([status], null)).toMatchObject({ kind: "unknown", fault: "wrong_type" });
  });

  it("keeps its place when nothing is new", () => {
    expect(decodePage([], "2026-11-22T22:28:09.116Z")).toMatchObject({
      devices: [],
      next: "2026-11-22T22:28:09.116Z",
      more: false,
    });
  });
});

describe("addresses", () => {
  it("are those that were recorded", () => {
    const { rawPath } = sample("task-200-get").request;
    expect(tasksPath(DEVICE)).toBe(rawPath);
    expect(faultPath(DEVICE, "6b036c89744b9d4bbb2b9ae8")).toBe(
      sample("fault-delete").request.rawPath,
    );
    expect(listPath("tasks", { query: { device: OTHER }, projection: [] })).toBe(
      sample("tasks-list").request.rawPath,
    );
    const asked = new URL(sample("device-after-set").request.rawPath ?? "", "http://x")
      .searchParams;
    const ours = new URL(
      listPath("devices", { query: { _id: DEVICE }, projection: ["Device.PPP.Interface.1"] }),
      "http://x",
    ).searchParams;
    expect([...ours].sort()).toEqual([...asked].sort());
  });

  const segment = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/);
  const names = fc.array(
    fc.array(segment, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(".")),
    { minLength: 1, maxLength: 300 },
  );

  it("a projection covers every name, holds none inside another, and stays short enough for a proxy", () => {
    fc.assert(
      fc.property(names, (asked) => {
        const projection = projectionOf(asked);
        for (const name of asked) {
          expect(projection.some((each) => name === each || name.startsWith(`${each}.`))).toBe(
            true,
          );
        }
        for (const one of projection) {
          expect(projection.some((each) => one.startsWith(`${each}.`))).toBe(false);
        }
        if (projection.some((each) => each.includes("."))) {
          expect(projection.join(",").length).toBeLessThanOrEqual(4_000);
        }
      }),
    );
  });

  it("a name holds nothing that GenieACS reads as a pattern, as its own member, or as the end of a name", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        if (!isName(text)) return;
        expect(text).not.toMatch(/[*[\]:,"\s/?&#%]|\.\.|(^|\.)_/);
      }),
    );
  });
});

describe("any answer gives a value or a typed unknown", () => {
  const phrases = fc.constantFrom("OK", "Accepted", "Task faulted", "");
  const bodies = fc.oneof(
    fc.string(),
    fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.stringify(value)),
    fc.constantFrom(...SAMPLES.map((name) => answerOf(name).body)),
  );
  it("to a task, a list, a connection request", () => {
    fc.assert(
      fc.property(bodies, fc.integer({ min: 200, max: 599 }), phrases, (body, status, phrase) => {
        const given = answer(body, status, phrase);
        for (const said of [
          decodeTaken(given, DEVICE, "provisions"),
          decodeDevice(given, DEVICE),
          decodeConnection(given),
        ]) {
          expect(["taken", "refused", "unknown", "device", "online", "offline"]).toContain(
            said.kind,
          );
        }
        const list = decodeList(given);
        if (list.kind !== "list") return;
        decodePage(list.documents, null);
        decodeFault(list.documents, "x");
        for (const document of list.documents) {
          decodeFacts(document);
          decodeStatus(document, new Date(0));
        }
      }),
    );
  });

  it("a document however deep", () => {
    let deep: Record<string, unknown> = { _value: "x" };
    for (let i = 0; i < 5_000; i += 1) deep = { a: deep };
    expect(treeOf({ Device: deep }).leaves.size).toBe(0);
  });
});
