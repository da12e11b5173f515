/** Rows among those of others, below the row that an anchor chose: the port mappings of a WAN connection. */
import { describe, expect, it } from "vitest";
import type { LogicalValue } from "../../../../src/model/logical.ts";
import { answer, whole, withText } from "../device.ts";
import { testMapper, type Tree } from "../fixtures.ts";
import { treeOf } from "./cpe.ts";

const mappingsBy = (...key: string[]) =>
  testMapper({
    anchors: { wan: { row: "Device.Wan.{w}", where: [{ param: "Enable", equals: true }] } },
    bind: {
      "lan.port-mappings": {
        lens: [
          {
            table: {
              row: "$wan.Map.{r}",
              key,
              fields: {
                protocol: [{ at: "$row.Protocol" }],
                externalPort: [{ int: {} }, { at: "$row.Port" }],
                internalPort: [{ int: {} }, { at: "$row.To" }],
                client: [{ at: "$row.Client" }],
              },
              created: { Protocol: "tcp" },
              onCreate: { By: "us" },
              owns: { where: [{ param: "By", equals: "us" }] },
              ignore: [{ param: "Client", equals: "10.9.9.9" }],
              order: "set",
            },
          },
        ],
      },
    },
  });

const mapper = mappingsBy("protocol", "externalPort");

const entry = (externalPort: number, protocol = "tcp"): LogicalValue => ({
  protocol,
  externalPort,
  internalPort: 80,
  client: "10.0.0.2",
});

/** Rows of Wan.2 as `1 tcp 8080 us`; Wan.1 is switched off and has a row too. */
function home(...rows: string[]): Tree {
  const texts: [string, string][] = [
    ["Device.Wan.1.Enable", "0"],
    ["Device.Wan.1.Map.1.Port", "99"],
    ["Device.Wan.2.Enable", "1"],
  ];
  for (const row of rows) {
    const [number, protocol = "", port = "", by = "", client = "10.0.0.2"] = row.split(" ");
    const path = `Device.Wan.2.Map.${number}`;
    texts.push(
      [`${path}.Protocol`, protocol],
      [`${path}.Port`, port],
      [`${path}.To`, client === "" ? "0" : "80"],
    );
    texts.push([`${path}.Client`, client], [`${path}.By`, by]);
  }
  return treeOf(Object.fromEntries(texts));
}
const get = (tree: Tree) => mapper.get("lan.port-mappings", whole(tree));
const put = (value: LogicalValue, tree: Tree) =>
  mapper.put("lan.port-mappings", value, whole(tree));

describe("rows of strangers", () => {
  const shared = home("1 tcp 80 UPnP", "2 tcp 8080 us", "3 udp 1 us 10.9.9.9", "4 ? ? UPnP");
  it("are not shown, also where they could not be decoded", () => {
    expect(get(shared)).toMatchObject({ kind: "value", value: [entry(8080)] });
  });
  it("are not touched, also when nothing of ours is wanted", () => {
    expect(put([], shared)).toEqual({
      kind: "edits",
      calls: [{ kind: "delete", row: "Device.Wan.2.Map.2." }],
    });
  });
  it("keep their keys: an entry that would clash is refused, and says with which row", () => {
    expect(put([entry(8080), entry(80)], shared)).toMatchObject({
      kind: "refused",
      code: "duplicate_key",
      path: "Device.Wan.2.Map.1",
    });
    expect(put([entry(8080), entry(80, "udp")], shared)).toMatchObject({ kind: "edits" });
  });
  it("that clash already keep nobody from changing another row", () => {
    const clash = home("1 tcp 80 UPnP", "2 tcp 80 us", "3 tcp 90 us");
    expect(put([entry(80)], clash)).toMatchObject({ kind: "edits" });
  });
  it("cannot be told from ours where the condition was not read", () => {
    const by = "Device.Wan.2.Map.1.By";
    const snapshot = whole(shared);
    const values = new Map(snapshot.values).set(by, { kind: "failed", code: 9002, text: "" });
    expect(mapper.get("lan.port-mappings", { ...snapshot, values })).toEqual({
      kind: "unread",
      path: by,
    });
  });
  it("are those without the parameter that would make them ours", () => {
    expect(get(withText(shared, { "Device.Wan.2.Map.2.By": null }))).toMatchObject({ value: [] });
  });
});

it("a key that is too narrow refuses lists that the dictionary takes, so that no law holds for them", () => {
  const narrow = mappingsBy("protocol");
  const two = [entry(80), entry(443)];
  expect(narrow.put("lan.port-mappings", two, whole(home()))).toMatchObject({
    kind: "refused",
    code: "duplicate_key",
  });
  // And a device that has both is never shown as right.
  expect(narrow.get("lan.port-mappings", whole(home("1 tcp 80 us", "2 tcp 443 us"))).kind).toBe(
    "nonconforming",
  );
});

describe("a row that was made and never filled", () => {
  it("is filled although it does not meet the condition yet", () => {
    expect(put([entry(8080)], home("5 tcp 0  "))).toEqual({
      kind: "edits",
      calls: [
        {
          kind: "set",
          edits: [
            { path: "Device.Wan.2.Map.5.Port", value: { kind: "text", text: "8080" } },
            { path: "Device.Wan.2.Map.5.To", value: { kind: "text", text: "80" } },
            { path: "Device.Wan.2.Map.5.Client", value: { kind: "text", text: "10.0.0.2" } },
            { path: "Device.Wan.2.Map.5.By", value: { kind: "text", text: "us" } },
          ],
        },
      ],
    });
  });
  it("is deleted when nothing needs it", () => {
    expect(put([], home("5 tcp 0  "))).toEqual({
      kind: "edits",
      calls: [{ kind: "delete", row: "Device.Wan.2.Map.5." }],
    });
  });
  it.for([
    ["it has another protocol than a new one", "5 udp 0  "],
    ["only its key is that of a new one: all ports, to somebody's host", "5 tcp 0 guest 10.0.0.7"],
  ])("is no such row when %s", ([, row = ""]) => {
    expect(get(home(row))).toMatchObject({ kind: "value", value: [] });
    expect(put([], home(row))).toEqual({ kind: "edits", calls: [] });
  });
});

describe("a table below an anchor", () => {
  it("is read with the whole table of the anchor first, then below the chosen row alone", () => {
    const tree = home("1 tcp 80 UPnP", "2 tcp 8080 us");
    expect(mapper.wanted(["lan.port-mappings"], null)).toContain("Device.Wan.");
    const first = answer(tree, mapper.wanted(["lan.port-mappings"], null));
    const names = mapper.wanted(["lan.port-mappings"], first).filter((n) => n.includes("Wan"));
    expect(names).toEqual(["Device.Wan.1.Enable", "Device.Wan.2."]);
    expect(mapper.get("lan.port-mappings", answer(tree, names))).toEqual(get(tree));
  });
  it("is empty where the chosen row has none", () => {
    const tree = home();
    const first = answer(tree, mapper.wanted(["lan.port-mappings"], null));
    const names = mapper.wanted(["lan.port-mappings"], first);
    expect(mapper.get("lan.port-mappings", answer(tree, names))).toMatchObject({ value: [] });
    expect(put([entry(1)], tree)).toMatchObject({
      calls: [{ kind: "add", table: "Device.Wan.2.Map." }, { kind: "set" }],
    });
  });
  it("is nowhere while the anchor finds no row", () => {
    const off = withText(home("2 tcp 8080 us"), { "Device.Wan.2.Enable": "0" });
    expect(get(off)).toMatchObject({ kind: "absent" });
    expect(put([entry(1)], off)).toMatchObject({ kind: "refused", code: "no_instance" });
  });
  it("follows the anchor to another row", () => {
    const moved = withText(home("2 tcp 8080 us"), {
      "Device.Wan.1.Enable": "1",
      "Device.Wan.2.Enable": "0",
    });
    expect(put([], moved)).toMatchObject({ kind: "edits" });
    expect(mapper.evidence(["lan.port-mappings"], whole(moved))).toMatchObject([
      { anchor: "wan", row: "Device.Wan.1" },
    ]);
  });
});
