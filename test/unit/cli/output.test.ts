import { describe, expect, it } from "vitest";
import { DETAIL, DEVICE, FLEET } from "./fleet.ts";
import { run } from "./world.ts";

describe("get", () => {
  it("prints a table without colour, and JSON and names for programs", async () => {
    const answers = { "GET /v1/devices": { body: { items: [DEVICE], next: null } } };
    const plain = await run(["get", "devices", "-l", "site=cpt"], { answers });
    expect(plain.calls[0]?.path).toBe("/v1/devices?selector=site%3Dcpt&limit=50");
    expect(plain.out).toBe(
      [
        "DEVICE    MODEL     STATE      NEXT      WHY",
        "CPE-0417  WIXB-175  ≠ drifted  in 3 min  credentials: username changed outside",
        "",
      ].join("\n"),
    );
    expect(plain.err).toBe("1 device shown\n");
    const json = await run(["get", "devices", "-o", "json"], { answers });
    expect(JSON.parse(json.out)).toEqual({ items: [DEVICE], next: null });
    expect((await run(["get", "devices", "-o", "name"], { answers })).out).toBe("CPE-0417\n");
    const wide = await run(["get", "devices", "-o", "wide"], { answers });
    expect(wide.out).toContain("3.2.4");
  });

  it("has colours on a terminal, and none with NO_COLOR", async () => {
    const answers = { "GET /v1/fleet": { body: FLEET } };
    const io = { isTTY: true };
    expect((await run(["get", "fleet"], { answers, io })).out).toContain("\u001b[");
    const env = { NO_COLOR: "1", PLUMB_DATA_DIR: "/nonexistent" };
    expect((await run(["get", "fleet"], { answers, io: { ...io, env } })).out).not.toContain(
      "\u001b",
    );
  });

  it("pages until the limit", async () => {
    const page = (n: number, next: string | null) => ({
      body: { items: Array.from({ length: n }, () => DEVICE), next },
    });
    const { calls, err } = await run(["get", "devices", "--limit", "700"], {
      answers: {
        "GET /v1/devices?limit=500": page(500, "c1"),
        "GET /v1/devices?limit=200&cursor=c1": page(200, "c2"),
      },
    });
    expect(calls).toHaveLength(2);
    expect(err).toContain("700 devices shown; there are more");
  });

  it("does not let what a device says move the cursor", async () => {
    const evil = {
      ...DEVICE,
      name: "a\u001b[2Jb\nc",
      status: { ...DEVICE.status, message: "x\u0007" },
    };
    const answers = { "GET /v1/devices": { body: { items: [evil], next: null } } };
    const { out } = await run(["get", "devices"], { answers });
    expect(out).not.toContain("\u001b");
    expect(out.split("\n")).toHaveLength(3);
  });
});

describe("describe", () => {
  it("says everything in words, and a secret only as set", async () => {
    const answers = { "GET /v1/devices/CPE-0417": { body: DETAIL } };
    const { out, code } = await run(["describe", "device", "CPE-0417"], { answers });
    expect(code).toBe(0);
    for (const words of [
      "CPE-0417 (Talk, WIXB-175, 3.2.4)",
      "≠ drifted for 22 min",
      "in 3 min: drift found (class drift, 11 devices before it)",
      "wixb (a1b2c3d4)",
      "cpe1@isp.example; password set · fp 3f9a · changed 4 d ago",
      "wan.ppp.credential: old@isp.example; wan.ppp.password: never reads back",
      "ON THE DEVICE (read 18 min ago)",
      "document billing rev 2, 2 h ago",
      "The ACS may still execute:",
      "accepted, 10 min ago, change c1",
      "gone@isp.example: owed 2 d ago",
      "DriftFound",
    ]) {
      expect(out).toContain(words);
    }
  });
});
