/**
 * The fifteen facts once more, over a socket, with the simulator as GenieACS: first what a plain call runs into, then
 * what the adapter makes of the same. That the simulator is like the real one, recorded answers say
 * (`test/integration/acs/genieacs-face.test.ts`).
 */
import { Secret } from "../../src/lib/secret.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  BANDWIDTH,
  CONTEXT,
  DEVICE,
  PASSWORD,
  ROWS,
  SERIAL,
  STATUS,
  TASKS,
  USER,
  acs,
  boots,
  expectNothingLeft,
  held,
  listed,
  open,
  pass,
  post,
  raw,
  rawSet,
  read,
  readAndSet,
  remembered,
  set,
  simulator,
  tamper,
} from "./genieacs-rig.ts";

describe("one CPE", () => {
  beforeEach(async () => {
    await open(1);
  });
  // Each test has a simulator of its own: facts are about what is left behind.
  afterEach(() => simulator.stop());

  it("1. a set that the cache agrees with is answered 200 and not sent; ours is sent", async () => {
    await readAndSet({ path: USER, value: "anna@isp.example" });
    tamper(USER, "mallory@isp.example");
    expect((await rawSet(USER, "anna@isp.example")).status).toBe(200);
    expect(held(USER)).toBe("mallory@isp.example");

    expect(await set({ path: USER, value: "anna@isp.example" })).toEqual({ kind: "done" });
    expect(held(USER)).toBe("anna@isp.example");
  });

  it("2. unknown and read-only parameters are dropped under 200; ours are refused, all or nothing", async () => {
    await read(USER, STATUS);
    for (const path of [STATUS, "Device.PPP.Interface.1.NoSuch"]) {
      expect((await rawSet(path, "x")).status).toBe(200);
    }
    expect(await listed("faults")).toEqual([]);

    const good = { path: USER, value: "anna@isp.example" };
    expect(await set(good, { path: STATUS, value: "x" })).toMatchObject({ code: 9008 });
    expect(await set(good, { path: `${ROWS}1.NoSuch`, value: "x" })).toMatchObject({ code: 9005 });
    expect(held(USER)).not.toBe("anna@isp.example");
  });

  it("3. a parameter that does not exist is not in the answer, and said to be no name", async () => {
    const result = await read(USER, `${ROWS}7.Username`, ROWS);
    if (result.kind !== "values") throw new Error(JSON.stringify(result));
    expect(result.snapshot.values.has(USER)).toBe(true);
    const absent = { kind: "failed", code: 9005 };
    expect(result.snapshot.values.get(`${ROWS}7.Username`)).toMatchObject(absent);
    expect(result.snapshot.covered).toEqual([ROWS]);
  });

  it("4. the type that is sent is not looked at; the one that is known bends the value", async () => {
    await read(BANDWIDTH);
    const value = [BANDWIDTH, "7000", "xsd:string"];
    await post({ name: "setParameterValues", parameterValues: [value] });
    expect(await remembered(BANDWIDTH)).toBe(7000);
    expect(await set({ path: BANDWIDTH, value: "5000" })).toEqual({ kind: "done" });
    expect(await set({ path: BANDWIDTH, value: "5,6" })).toMatchObject({ code: 9007 });
    expect(held(BANDWIDTH)).toBe("5000");
  });

  it("5. a password stands in the cache in clear until it is read back, empty", async () => {
    const password = { path: PASSWORD, value: new Secret("example-secret") };
    expect(await readAndSet(password)).toEqual({ kind: "done" });
    expect(held(PASSWORD)).toBe("example-secret");
    expect(await remembered(PASSWORD)).toBe("example-secret");
    expect(await read(PASSWORD)).toMatchObject({ kind: "values" });
    expect(await remembered(PASSWORD)).toBe("");
    // Nothing can be compared: it is sent again.
    const { writes } = simulator.stats();
    expect(await set(password)).toEqual({ kind: "done" });
    expect(simulator.stats().writes).toBe(writes + 1);
  });

  it.each([
    ["refused", "Connection request error: Incorrect connection request credentials"],
    ["unanswered", "Task queued but not processed"],
  ] as const)("6. 202 when a connection request is %s", async (connectionRequests, phrase) => {
    await read(USER);
    simulator.setTrouble({ connectionRequests });
    expect(await post({ name: "reboot" })).toMatchObject({ status: 202, phrase });
    const [task] = await listed("tasks");
    await raw("DELETE", `/tasks/${String(task?.["_id"])}`);

    expect(await set({ path: USER, value: "x" })).toMatchObject({ kind: "away", detail: phrase });
    expect(await read(USER)).toMatchObject({ kind: "away", detail: phrase });
    await expectNothingLeft();
  });

  it("6. 202 when the CPE refuses the task", async () => {
    await read(BANDWIDTH);
    expect(await rawSet(BANDWIDTH, -1)).toMatchObject({ status: 202, phrase: "Task faulted" });
    await raw("DELETE", `/tasks/${String((await listed("tasks"))[0]?.["_id"])}`);
    const far = "99999999999999999999";
    expect(await set({ path: BANDWIDTH, value: far })).toMatchObject({
      kind: "rejected",
      code: 9006,
      text: `${BANDWIDTH}: Rejected by device`,
    });
    await expectNothingLeft();
  });

  it("7. what was queued for a CPE that is off happens when it is back; ours does not", async () => {
    simulator.setPower(false);
    expect((await post({ name: "reboot" })).phrase).toBe("Device is offline");
    simulator.setPower(true);
    await listed("devices");
    expect(boots()).toBe(2);

    simulator.setPower(false);
    expect(await acs.write(DEVICE, { kind: "reboot" }, CONTEXT)).toMatchObject({
      kind: "away",
      detail: "Device is offline",
    });
    await expectNothingLeft();
    simulator.setPower(true);
    await listed("devices");
    expect(boots()).toBe(3);
  });

  it("8. a task with an expiry is tried at every Inform; without one, it waits for its time", async () => {
    await read(BANDWIDTH);
    await rawSet(BANDWIDTH, -1, { expiry: 86_400 });
    for (let informs = 1; informs <= 3; informs += 1) {
      const [before] = await listed("faults");
      pass(60_000);
      await raw("POST", `${TASKS}?connection_request`);
      const [after] = await listed("faults");
      expect(after?.["timestamp"]).not.toBe(before?.["timestamp"]);
      expect(after?.["retries"]).toBe(0);
    }
  });

  it("9. a faulted task is tried for ever, ever more rarely, and holds up no other", async () => {
    await read(BANDWIDTH, USER);
    await rawSet(BANDWIDTH, -1);
    expect(await rawSet(USER, "bert@isp.example")).toMatchObject({ status: 200 });
    const retries = async (ms: number): Promise<unknown> => {
      pass(ms);
      await raw("POST", `${TASKS}?connection_request`);
      return (await listed("faults"))[0]?.["retries"];
    };
    expect(await retries(200_000)).toBe(0);
    expect(await retries(150_000)).toBe(1);
    expect(await retries(400_000)).toBe(1);
    expect(await retries(250_000)).toBe(2);
  });

  it("10. a failed download leaves a fault without a task, and is sent again", async () => {
    await post({ name: "download", fileType: "1 Firmware Upgrade Image", fileName: "absent.bin" });
    await raw("POST", `${TASKS}?connection_request`);
    expect(await listed("tasks")).toEqual([]);
    const [fault] = await listed("faults");
    expect(fault).toMatchObject({ code: "cwmp.9016", retries: 0 });
    pass(301_000);
    await raw("POST", `${TASKS}?connection_request`);
    expect(await listed("operations")).toHaveLength(1);
    await raw("POST", `${TASKS}?connection_request`);
    expect(await listed("faults")).toMatchObject([{ retries: 1 }]);

    await raw("DELETE", `/faults/${encodeURIComponent(String(fault?.["_id"]))}`);
    pass(86_400_000);
    await raw("POST", `${TASKS}?connection_request`);
    expect(await listed("operations")).toEqual([]);
  });

  it("a download of ours goes out when its file is there, and a factory reset is done", async () => {
    const fileType = "1 Firmware Upgrade Image";
    const url = "http://files.example/fw.bin";
    const change = { kind: "download", url, fileType, sizeBytes: 5, fileName: "fw.bin" } as const;
    expect(await acs.write(DEVICE, change, CONTEXT)).toMatchObject({ kind: "rejected", code: 0 });
    expect(await listed("operations")).toEqual([]);
    await raw("PUT", "/files/fw.bin", 123);
    const longer = { ...change, sizeBytes: 3 };
    expect(await acs.write(DEVICE, longer, CONTEXT)).toMatchObject({ kind: "accepted" });
    expect(await listed("operations")).toMatchObject([{ name: "Download" }]);
    const before = boots();
    const reset = await acs.write(DEVICE, { kind: "factoryReset" }, CONTEXT);
    expect(reset).toMatchObject({ kind: "accepted" });
    expect(boots()).toBe(before + 1);
    expect(await listed("tasks")).toEqual([]);
  });

  it("what became of a download is told, and a failed one is not sent again by GenieACS itself", async () => {
    await raw("PUT", "/files/fw_2.0.1.bin", 123);
    const fileType = "1 Firmware Upgrade Image";
    const [url, fileName] = ["http://files.example/fw_2.0.1.bin", "fw_2.0.1.bin"] as const;
    const change = { kind: "download", url, fileType, sizeBytes: 3, fileName } as const;
    const download = async (): Promise<string> => {
      const outcome = await acs.write(DEVICE, change, CONTEXT);
      return outcome.kind === "accepted" ? (outcome.id ?? "") : "";
    };
    const said = async (id: string) => (await acs.taskStatus?.(id, DEVICE, CONTEXT))?.kind;
    const good = await download();
    expect(await said(good)).toBe("pending");
    await raw("POST", `${TASKS}?connection_request`);
    expect(await said(good)).toBe("done");

    simulator.setTrouble({ fileServer: "fails-9010" });
    const bad = await download();
    await raw("POST", `${TASKS}?connection_request`);
    expect(await listed("faults")).toMatchObject([{ code: "cwmp.9010" }]);
    expect(await said(bad)).toBe("failed");
    expect(await listed("faults")).toEqual([]);
    pass(86_400_000);
    await raw("POST", `${TASKS}?connection_request`);
    expect(await listed("operations")).toEqual([]);
    expect(await acs.taskStatus?.("zzz", DEVICE, CONTEXT)).toMatchObject({ kind: "refused" });
  });

  it.each<[string, string, string, unknown?]>([
    ["an unknown task", "POST", `${TASKS}?connection_request`, { name: "explode" }],
    ["a field of a wrong type", "POST", TASKS, { name: "getParameterValues", parameterNames: "a" }],
    ["a malformed task id", "DELETE", "/tasks/zzz"],
    ["a retry of an unknown task", "POST", `/tasks/${"0".repeat(24)}/retry`],
    ["an unknown operator", "GET", `/devices/?query=${encodeURIComponent('{"_id":{"$near":1}}')}`],
    ["a preset that is a text", "PUT", "/presets/x", "text"],
    ["a file that is not there", "DELETE", "/files/absent.bin"],
  ])("11. %s ends the worker, and takes others with it", async (_name, method, path, body) => {
    const dying = raw(method, path, body);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect((await raw("GET", "/presets/")).status).toBe(0);
    expect((await dying).status).toBe(0);
    expect((await raw("GET", "/presets/")).status).toBe(200);
  });

  it("11. nothing of ours does, whatever it is asked to read and write", async () => {
    const odd = ["", "Device.*", "Device.[a:b].c", "Device..x", "a b", "Device._value", "Ä"];
    await acs.read(DEVICE, odd, SERIAL, CONTEXT);
    for (const path of odd) {
      await set({ path, value: "x" });
      await acs.write(DEVICE, { kind: "add", table: path }, CONTEXT);
      await acs.write(DEVICE, { kind: "delete", row: path }, CONTEXT);
    }
    await acs.status(DEVICE, CONTEXT);
    await acs.identify(DEVICE, CONTEXT);
    await acs.list?.(null, CONTEXT);
    await acs.list?.("yesterday", CONTEXT);
    expect(simulator.core.nbi.crashes).toBe(0);
  });

  it("12. nobody is asked who he is", async () => {
    const answer = await fetch(`${simulator.nbiUrl}/devices/`, {
      headers: { authorization: "Basic bm9ib2R5Og==" },
    });
    expect(answer.status).toBe(200);
  });

  it("13. a provision that nobody uploaded is answered 200 and does nothing", async () => {
    await read(USER);
    const provisions = [["valeu", USER, "x"]];
    expect((await post({ name: "provisions", provisions })).status).toBe(200);
    await expectNothingLeft();
    expect(held(USER)).not.toBe("x");
  });

  it("14. ten sets at once are done in another order; ours one after the other", async () => {
    await read(BANDWIDTH);
    const seen: (string | null | undefined)[] = [];
    simulator.core.acs.onEvent = () => seen.push(held(BANDWIDTH));
    const values = Array.from({ length: 10 }, (_, i) => String(i + 1));
    await Promise.all(values.map((value) => rawSet(BANDWIDTH, value)));
    expect([...seen].sort((a, b) => Number(a) - Number(b))).toEqual(values);
    expect(seen).not.toEqual(values);

    seen.length = 0;
    const outcomes = await Promise.all(values.map((value) => set({ path: BANDWIDTH, value })));
    expect(outcomes).toEqual(values.map(() => ({ kind: "done" })));
    expect(seen).toEqual(values);
  });

  it("15. a session that breaks off leaves its task to be tried again; ours is taken back", async () => {
    await read(USER);
    simulator.setTrouble({ connectionRequests: "broken" });
    expect((await rawSet(USER, "x")).phrase).toBe("Task faulted");
    expect(await listed("faults")).toMatchObject([{ code: "session_terminated" }]);
    await raw("DELETE", `/tasks/${String((await listed("tasks"))[0]?.["_id"])}`);

    expect(await set({ path: USER, value: "x" })).toMatchObject({
      kind: "unknown",
      fault: "connection",
    });
    expect(await read(USER)).toMatchObject({ kind: "away" });
    await expectNothingLeft();
  });

  it("rows come and go, and a table is covered also when it is empty", async () => {
    const table = "Device.PPP.Interface.";
    const rows = async (): Promise<string[]> => {
      const result = await read(table);
      if (result.kind !== "values") throw new Error(JSON.stringify(result));
      expect(result.snapshot.covered).toEqual([table]);
      const paths = [...result.snapshot.values.keys()].filter((path) => path.startsWith(table));
      return [...new Set(paths.map((path) => path.slice(table.length).split(".")[0] ?? ""))];
    };
    expect(await rows()).toEqual(["1"]);
    expect(await acs.write(DEVICE, { kind: "add", table }, CONTEXT)).toMatchObject({
      kind: "accepted",
    });
    expect(await rows()).toEqual(["1", "2"]);
    for (const row of ["1", "2"]) {
      const gone = await acs.write(DEVICE, { kind: "delete", row: `${table}${row}.` }, CONTEXT);
      expect(gone).toMatchObject({ kind: "accepted" });
    }
    expect(await rows()).toEqual([]);
  });

  it("says what the device is, and whether it is there", async () => {
    expect(await acs.identify(DEVICE, CONTEXT)).toMatchObject({
      facts: { root: "Device", productClass: "WIMAX-25.v2", softwareVersion: "1.0.0" },
    });
    expect(await acs.status(DEVICE, CONTEXT)).toMatchObject({ kind: "online" });
    simulator.setPower(false);
    expect(await acs.status(DEVICE, CONTEXT)).toMatchObject({ kind: "offline" });
    const stranger = { ...DEVICE, identity: { ...DEVICE.identity, serial: "nobody" } };
    expect(await acs.status(stranger, CONTEXT)).toMatchObject({ kind: "refused", code: 404 });
  });
});

describe("a list of 250 CPEs", () => {
  beforeAll(() => open(250));
  afterAll(() => simulator.stop());

  it("comes in pages by last contact, and later only with those that made contact since", async () => {
    const seen = new Set<string>();
    let after: string | null = null;
    const pages = async (): Promise<number> => {
      for (let page = 1; ; page += 1) {
        const result = await acs.list?.(after, CONTEXT);
        if (result?.kind !== "page") throw new Error(JSON.stringify(result));
        const times = result.devices.map(({ lastContactAt }) => lastContactAt.getTime());
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const { id, identity } of result.devices) {
          expect(identity).not.toBeNull();
          seen.add(id);
        }
        after = result.next;
        if (!result.more) return page;
      }
    };
    // All of them were met in one and the same millisecond; after an interval each has spoken at its own time.
    for (const interval of [0, 300_000]) {
      seen.clear();
      pass(interval);
      expect(await pages()).toBeGreaterThanOrEqual(3);
      expect(seen.size).toBe(250);
    }

    seen.clear();
    pass(30_000);
    await pages();
    // A tenth of the interval went by, so about a tenth of them spoke, and one comes twice.
    expect(seen.size).toBeGreaterThan(5);
    expect(seen.size).toBeLessThan(80);
  });
});
