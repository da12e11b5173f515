import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTree } from "../../../../src/model/tree/parse.ts";
import { parentOf, type DeviceTree } from "../../../../src/model/tree/tree.ts";
import { anyTree, asCsv, asCwmp, asGenieAcs, asTsv } from "./texts.ts";
import { treeOf } from "./trees.ts";

/** One short line a node: path, access, type, value. */
const shown = (tree: DeviceTree): unknown[] =>
  [...tree.nodes.values()].map(({ path, writable, type, value }) => [
    path,
    writable === null ? "?" : writable ? "w" : "r",
    type,
    value,
  ]);

const lines = (...text: readonly string[]): string => text.join("\n");

describe("a tree file of ours", () => {
  it("keeps access, type, value, and empty apart from never read", () => {
    const tree = treeOf(
      lines(
        "# model\tsmall",
        "# trigger\tinsert-rule\tDevice.Insert\tDevice.Rule",
        "Device.\tr",
        " PPP.\t-",
        "  Username\tw\tstring\tu@example",
        '  Password\tw\tstring\t""',
        '  Blank\tr\t-\t" x"',
        "  Never\tr\t-",
        " Raw\tw\tstring\tin a \\ or a 'quote'",
      ),
    );
    expect(shown(tree)).toEqual([
      ["Device.", "r", null, null],
      ["Device.PPP.", "?", null, null],
      ["Device.PPP.Username", "w", "string", "u@example"],
      ["Device.PPP.Password", "w", "string", ""],
      ["Device.PPP.Blank", "r", null, " x"],
      ["Device.PPP.Never", "r", null, null],
      ["Device.Raw", "w", "string", "in a \\ or a 'quote'"],
    ]);
    expect(tree.header.get("trigger")).toEqual(["insert-rule", "Device.Insert", "Device.Rule"]);
  });
});

describe("a CSV export", () => {
  it("is read by the names of its columns, quotes and all, with the identity that GenieACS adds", () => {
    const tree = treeOf(
      lines(
        "Parameter,Object,Object timestamp,Writable,Writable timestamp,Value,Value type,Value timestamp,Notification,Notification timestamp,Access list,Access list timestamp",
        'DeviceID.OUI,false,,false,,"00E0FC",xsd:string,,,,,',
        'Tags.lab,false,,true,,"true",xsd:boolean,,,,,',
        'InternetGatewayDevice,true,2026-01-01T00:00:00.000Z,false,,"",,,,,,',
        'InternetGatewayDevice.DeviceInfo.Note,false,,true,,"two\nlines, ""quoted""",xsd:string,,,,,',
        'InternetGatewayDevice.DeviceInfo.Empty,false,,true,,"",xsd:string,,,,,',
        'InternetGatewayDevice.DeviceInfo.Never,false,,true,,"",,,,,,',
      ),
    );
    expect(shown(tree)).toEqual([
      ["InternetGatewayDevice.", "r", null, null],
      ["InternetGatewayDevice.DeviceInfo.", "?", null, null],
      ["InternetGatewayDevice.DeviceInfo.Note", "w", "string", 'two\nlines, "quoted"'],
      ["InternetGatewayDevice.DeviceInfo.Empty", "w", "string", ""],
      ["InternetGatewayDevice.DeviceInfo.Never", "w", null, null],
    ]);
    expect(tree.header.get("oui")).toEqual(["00E0FC"]);
  });

  it("without a column for the type takes an empty value for one that was never read", () => {
    const tree = treeOf("value;parameter\n;Device.A\nx;Device.B\n");
    expect(shown(tree).slice(1)).toEqual([
      ["Device.A", "?", null, null],
      ["Device.B", "?", null, "x"],
    ]);
  });

  it("gives the same tree for any order of columns and any separator", () => {
    const columns = fc.shuffledSubarray(
      ["Parameter", "Object", "Writable", "Value", "Type", "Value timestamp", "Notification"],
      { minLength: 7 },
    );
    fc.assert(
      fc.property(anyTree, columns, fc.constantFrom(",", ";", "\t"), (tree, names, separator) => {
        expect(treeOf(asCsv(tree, names, separator)).nodes).toEqual(tree.nodes);
      }),
    );
  });
});

describe("a device of the GenieACS NBI", () => {
  const device = {
    _id: "0022F7-SWU-S1",
    _deviceId: { _OUI: "0022F7", _ProductClass: "SWU", _SerialNumber: "S1", _Manufacturer: "M" },
    InternetGatewayDevice: {
      _object: true,
      _writable: false,
      Forwarding: {
        "1": { Enable: { _value: true, _type: "xsd:boolean", _writable: true } },
        "2": { _object: true, _writable: true, _timestamp: "2026-11-22T22:28:40.885Z" },
      },
      Count: { _object: false, _value: 4294967295, _type: "xsd:unsignedInt" },
      Never: { _object: false, _writable: true },
      Empty: { _object: false, _value: "", _type: "xsd:string" },
    },
    Downloads: { "1": { FileName: { _value: "f", _type: "xsd:string" } } },
  };
  const nodes = [
    ["InternetGatewayDevice.", "r", null, null],
    ["InternetGatewayDevice.Forwarding.", "?", null, null],
    ["InternetGatewayDevice.Forwarding.1.", "?", null, null],
    ["InternetGatewayDevice.Forwarding.1.Enable", "w", "boolean", "true"],
    ["InternetGatewayDevice.Forwarding.2.", "w", null, null],
    ["InternetGatewayDevice.Count", "?", "unsignedInt", "4294967295"],
    ["InternetGatewayDevice.Never", "w", null, null],
    ["InternetGatewayDevice.Empty", "?", "string", ""],
  ];

  it.for([
    ["alone", device],
    ["in a list", [device]],
    ["in a recorded reply", { about: "x", response: { status: 200, body: [device] } }],
  ] as const)("is read %s", ([, document]) => {
    const tree = treeOf(JSON.stringify(document));
    expect(shown(tree)).toEqual(nodes);
    expect([...tree.header]).toEqual([
      ["manufacturer", ["M"]],
      ["oui", ["0022F7"]],
      ["productClass", ["SWU"]],
      ["serial", ["S1"]],
    ]);
  });
});

describe("what a CPE answered", () => {
  const names = `<?xml version="1.0"?>
    <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">
      <soap:Body><cwmp:GetParameterNamesResponse><ParameterList>
        <ParameterInfoStruct><Name>Device.PPP.</Name><Writable>0</Writable></ParameterInfoStruct>
        <ParameterInfoStruct><Name>Device.PPP.Interface.</Name><Writable>true</Writable></ParameterInfoStruct>
        <ParameterInfoStruct><Name>Device.PPP.User</Name><Writable>1</Writable></ParameterInfoStruct>
      </ParameterList></cwmp:GetParameterNamesResponse></soap:Body>
    </soap:Envelope>`;
  const values = `<cwmp:GetParameterValuesResponse><ParameterList>
      <ParameterValueStruct><Name>Device.PPP.User</Name><Value xsi:type="xsd:string"> a&amp;b</Value></ParameterValueStruct>
      <ParameterValueStruct><Name>Device.PPP.Empty</Name><Value xsi:type="xsd:string"/></ParameterValueStruct>
      <ParameterValueStruct><Name>Device.PPP.Nil</Name><Value xsi:nil="true"/></ParameterValueStruct>
    </ParameterList></cwmp:GetParameterValuesResponse>`;

  it("gives names and rights, or values, or both when one stands behind the other", () => {
    expect(shown(treeOf(names))).toEqual([
      ["Device.", "?", null, null],
      ["Device.PPP.", "r", null, null],
      ["Device.PPP.Interface.", "w", null, null],
      ["Device.PPP.User", "w", null, null],
    ]);
    expect(shown(treeOf(values))).toEqual([
      ["Device.", "?", null, null],
      ["Device.PPP.", "?", null, null],
      ["Device.PPP.User", "?", "string", " a&b"],
      ["Device.PPP.Empty", "?", "string", ""],
      ["Device.PPP.Nil", "?", null, null],
    ]);
    expect(shown(treeOf(names + values))).toEqual([
      ["Device.", "?", null, null],
      ["Device.PPP.", "r", null, null],
      ["Device.PPP.Interface.", "w", null, null],
      ["Device.PPP.User", "w", "string", " a&b"],
      ["Device.PPP.Empty", "?", "string", ""],
      ["Device.PPP.Nil", "?", null, null],
    ]);
  });
});

describe("a list of names", () => {
  it("gives objects, values where there are some, and row 1 for a placeholder", () => {
    const tree = treeOf(
      lines(
        "# from a log",
        "  Device.PPP.Interface.2.",
        "Device.PPP.Interface.2.User=a = b",
        "Device.PPP.Interface.2.Pass=",
        "Device.PPP.Interface.2.Name\tx\ty",
        "",
        "Device.WiFi.SSID.{i}.SSID",
      ),
    );
    expect(shown(tree).filter((row) => !String((row as string[])[0]).endsWith("."))).toEqual([
      ["Device.PPP.Interface.2.User", "?", null, "a = b"],
      ["Device.PPP.Interface.2.Pass", "?", null, ""],
      ["Device.PPP.Interface.2.Name", "?", null, "x\ty"],
      ["Device.WiFi.SSID.1.SSID", "?", null, null],
    ]);
    expect(tree.nodes.has("Device.PPP.Interface.2.")).toBe(true);
  });
});

describe("a text that is no tree", () => {
  it.for([
    ["", { code: "not_a_tree", line: 1 }],
    ["Dear colleague,\nhere is the tree", { code: "not_a_tree", line: 1 }],
    ["# model\tx", { code: "empty_tree", line: 1 }],
    ["# root\tDevice\nDevice.\tx", { code: "malformed_tree", line: 2 }],
    ["Device.\tr\n  A\tr\tstring\tx", { code: "malformed_tree", line: 2 }],
    ['Device.\tr\n A\tr\tstring\t"x', { code: "malformed_tree", line: 2 }],
    ["Device.\tr\n A\tr\tstring\tx\n A\tr\tstring\ty", { code: "duplicate_path", line: 3 }],
    ["Device.A=1\nDevice.A.B=2", { code: "object_value", line: 1 }],
    ["Device.A\nDevice..B", { code: "invalid_path", line: 2 }],
    ["Device.A\nTree.B", { code: "unknown_root", line: 2 }],
    ["Parameter,Value\nDevice.A,a,b", { code: "malformed_csv", line: 2, column: 1 }],
    ['Parameter,Value\nDevice.A,"b', { code: "malformed_csv", line: 2, column: 10 }],
    ['Parameter,Value\nDevice.A,"b"c', { code: "malformed_csv", line: 2, column: 13 }],
    ["Parameter,Writable\nDevice.A,maybe", { code: "malformed_csv", line: 2, column: 1 }],
    [
      "Parameter,Object\nDevice.A,false\nDevice.A.B,false",
      { code: "below_parameter", line: 2, column: 1 },
    ],
    ['{"Device": {]', { code: "malformed_json", line: 1, column: 13 }],
    ["[]", { code: "not_a_tree", pointer: "" }],
    ['[{"Device":{}},{"Device":{}}]', { code: "not_a_tree", pointer: "" }],
    ['{"response":{"body":[]}}', { code: "not_a_tree", pointer: "/response/body" }],
    ['{"name":"x"}', { code: "not_a_tree", pointer: "" }],
    ['{"Device":{"A/B":1}}', { code: "malformed_tree", pointer: "/Device/A~1B" }],
    ['{"Device":{"A":{"_value":[1]}}}', { code: "malformed_tree", pointer: "/Device/A/_value" }],
    ['{"Device":{"A.B":{}}}', { code: "malformed_tree", pointer: "/Device/A.B" }],
    ["<a>\n<b></a>", { code: "malformed_xml", line: 2, column: 4 }],
    ["<html/>", { code: "not_a_tree", line: 1 }],
    [
      "<GetParameterNamesResponse><ParameterList>\n<ParameterInfoStruct><Name>Device.A</Name></ParameterInfoStruct></ParameterList></GetParameterNamesResponse>",
      { code: "malformed_tree", line: 2, column: 1 },
    ],
  ] as const)("%j: %j", ([text, problem]) => {
    const parsed = parseTree(text, "f");
    if (parsed.kind === "tree") expect.fail("was a tree");
    expect(parsed.problems[0]).toMatchObject({ file: "f", ...problem });
  });
});

describe("for any tree", () => {
  it.for([
    ["our own file", asTsv],
    ["a device of GenieACS", asGenieAcs],
    ["the answers of a CPE", asCwmp],
  ] as const)("%s gives the tree that was written", ([, print]) => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        expect(treeOf(print(tree)).nodes).toEqual(tree.nodes);
      }),
    );
  });
});

describe("I20: for any text", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      ...[
        "Device.",
        "Device.A",
        "InternetGatewayDevice.B.1.",
        "=",
        "\t",
        "\n",
        "\r\n",
        " ",
        ".",
        ",",
      ],
      ...["# model\tx\n", "\tr\tstring\t", '"', "Parameter,Value,Object\n", "{i}", "\ufeff"],
      ...['{"Device":', "}", "[", "]", '{"_value":', "null", "1e400", "<", "</", ">", "<a:b>"],
      ...["<GetParameterValuesResponse>", "<ParameterList>", "<ParameterValueStruct>", "<Name>"],
    ),
  );
  const scraps = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
  /** A good text with something cut out and something put in. */
  const damaged = fc
    .record({
      tree: anyTree,
      print: fc.constantFrom(asTsv, asGenieAcs, asCwmp, (tree: DeviceTree) =>
        asCsv(tree, ["Parameter", "Object", "Writable", "Value", "Type"]),
      ),
      at: fc.nat(),
      length: fc.nat({ max: 30 }),
      instead: scraps,
    })
    .map(({ tree, print, at, length, instead }) => {
      const text = print(tree);
      const start = at % (text.length + 1);
      return text.slice(0, start) + instead + text.slice(start + length);
    });

  it("there is a tree that holds together, or problems that all say where", () => {
    fc.assert(
      fc.property(fc.oneof(scraps, damaged), (text) => {
        const parsed = parseTree(text, "f");
        if (parsed.kind === "problems") {
          expect(parsed.problems.length).toBeGreaterThan(0);
          for (const { line, pointer } of parsed.problems) {
            expect(line === undefined && pointer === undefined).toBe(false);
            if (line !== undefined) expect(line).toBeGreaterThan(0);
          }
          return;
        }
        const before = new Set([""]);
        for (const [path, node] of parsed.tree.nodes) {
          expect(node.path).toBe(path);
          expect(before).toContain(parentOf(path));
          before.add(path);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
