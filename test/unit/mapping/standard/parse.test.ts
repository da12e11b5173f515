import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDataModel } from "../../../../src/mapping/standard/parse.ts";
import { printModel, type SourceModel } from "../../../support/convert-data-models.ts";

const HEAD = "# model\tDevice:2.19\n# source\tsome.xml\n# objects\t2\n# parameters\t1\n";
const BODY = "Device.\tr\tsince=2.0\n A.{i}.\tw\tkeys=Alias|B,C\n  B\tw\tstring\tsize=:64\n";

describe("a table of a data model", () => {
  it("is read as it stands, with what the objects around pass on", () => {
    const text = [
      "# model\tDevice:2.19",
      "# source\tsome.xml",
      "# objects\t3",
      "# parameters\t4",
      "Device.\tr\tsince=2.0",
      " A.{i}.\tw\tcount=ANumberOfEntries\tenable=Enable\tkeys=Alias|B,C\tstatus=obsoleted",
      "  B\tw\tint\tlist\tnamed=Order\trange=-1:-1|0:240:16\tunits=ms",
      "  C\tr\tstring\thidden\tenum=|Up\tsize=:64|0:0\tref=path:weak:\tstatus=deleted\tsince=2.4",
      " ANumberOfEntries\tr\tunsignedInt",
      " Z.\tr",
      "  Reset\tw\tboolean\tcommand",
      "",
    ].join("\n");
    const { model, problems } = parseDataModel(text, "t.tsv");
    expect(problems).toEqual([]);
    expect(model).toMatchObject({ model: "Device:2.19", source: "some.xml" });
    expect(model?.nodes).toMatchObject([
      { kind: "object", path: "Device.", row: false, writable: false, count: null, since: "2.0" },
      {
        path: "Device.A.{i}.",
        row: true,
        writable: true,
        count: "ANumberOfEntries",
        enable: "Enable",
        keys: [["Alias"], ["B", "C"]],
        status: "obsoleted",
        since: "2.0",
      },
      {
        kind: "parameter",
        path: "Device.A.{i}.B",
        type: "int",
        writable: true,
        list: true,
        named: "Order",
        ranges: [
          { min: -1n, max: -1n, step: 1n },
          { min: 0n, max: 240n, step: 16n },
        ],
        units: "ms",
        status: "obsoleted",
        hidden: false,
      },
      {
        path: "Device.A.{i}.C",
        hidden: true,
        words: ["", "Up"],
        sizes: [
          { min: null, max: 64 },
          { min: 0, max: 0 },
        ],
        ref: "path:weak:",
        status: "deleted",
        since: "2.4",
      },
      { path: "Device.ANumberOfEntries", type: "unsignedInt", status: "current", command: false },
      { path: "Device.Z." },
      { path: "Device.Z.Reset", command: true },
    ]);
  });

  it.for([
    { change: ["# model\tDevice:2.19", "# model\tDevice"], line: 1, says: "names no model" },
    { change: ["# objects\t2", "# objects\t3"], line: 1, says: "2 objects and 1 parameters" },
    { change: ["  B\tw", "   B\tw"], line: 7, says: "indented below a parameter" },
    { change: [" A.{i}.\tw", " A.{i}.\trw"], line: 6, says: "access is not r or w" },
    { change: ["\tstring", "\ttext"], line: 7, says: '"text" is no base type' },
    { change: ["\tstring", ""], line: 7, says: '"size=:64" is no base type' },
    { change: ["size=", "length="], line: 7, says: 'unknown cell "length"' },
    { change: ["size=:64", "size=:64\tsize=:64"], line: 7, says: '"size" stands twice' },
    { change: ["size=:64", "size=64"], line: 7, says: '"64" is no list of minimum:maximum' },
    { change: ["size=:64", "size=-1:64"], line: 7, says: "is no list of minimum:maximum" },
    { change: ["size=:64", "range=a:b"], line: 7, says: "is no list of minimum:maximum" },
    { change: ["size=:64", "status=gone"], line: 7, says: 'unknown status "gone"' },
    { change: [" A.{i}.", " A{i}."], line: 6, says: "is no name" },
    { change: ["  B\t", "  \t"], line: 7, says: "is no name" },
    {
      change: ["  B\tw\tstring\tsize=:64\n", "  B\tw\tstring\n  B\tw\tint\n"],
      line: 8,
      says: "second time",
    },
  ])("that is not valid says where: $says", ({ change: [from = "", to = ""], line, says }) => {
    expect(parseDataModel(HEAD + BODY, "t.tsv").problems).toEqual([]);
    const { model, problems } = parseDataModel((HEAD + BODY).replace(from, to), "t.tsv");
    expect(model).toBeUndefined();
    expect(problems[0]).toMatchObject({ file: "t.tsv", line, code: "malformed_table" });
    expect(problems[0]?.message).toContain(says);
  });

  it("any text, also a good one with a wound, gives a model or problems with a place", () => {
    const good = HEAD + BODY;
    const piece = fc.constantFrom(
      "\t",
      "\n",
      " ",
      ".",
      "{i}",
      "w",
      "string",
      "range=1:",
      "|",
      "#",
      "A",
    );
    const wounded = fc
      .tuple(fc.nat(good.length), fc.nat(4), fc.array(piece, { maxLength: 4 }))
      .map(([at, cut, put]) => good.slice(0, at) + put.join("") + good.slice(at + cut));
    fc.assert(
      fc.property(
        fc.oneof(
          wounded,
          fc.string(),
          fc.array(piece).map((all) => all.join("")),
        ),
        (text) => {
          const { model, problems } = parseDataModel(text, "t.tsv");
          expect(model === undefined).toBe(problems.length > 0);
          for (const { line } of problems) expect(line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("a table that is converted", () => {
  it("keeps names, access, facets, status and versions", () => {
    const source: SourceModel = {
      model: "Device:2.19",
      source: "some.xml",
      objects: [
        { p: "Device.", multi: 0, w: 0, since: "2.0" },
        {
          p: "Device.A.{i}.",
          multi: 1,
          w: 1,
          count: "N",
          enable: "E",
          keys: [["B"], ["C", "D"]],
          since: "2.1",
        },
        { p: "Device.A.{i}.B.", multi: 0, w: 0, status: "deprecated", since: "2.1" },
      ],
      parameters: [
        { p: "Device.A.{i}.B.Mode", t: "string", w: 1, enum: ["", "a b"], since: "2.2" },
        {
          p: "Device.A.{i}.E",
          t: "int",
          w: 1,
          range: [
            [null, "5"],
            ["8", "16", "2"],
          ],
          since: "2.1",
        },
        {
          p: "Device.A.{i}.Key ",
          t: "string",
          w: 1,
          secured: 1,
          size: [["12", "64"]],
          since: "2.1",
        },
      ],
    };
    const text = printModel(source);
    expect(text.split("\n").slice(4)).toEqual([
      "Device.\tr\tsince=2.0",
      " A.{i}.\tw\tcount=N\tenable=E\tkeys=B|C,D\tsince=2.1",
      "  B.\tr\tstatus=deprecated",
      "   Mode\tw\tstring\tenum=|a b\tsince=2.2",
      "  E\tw\tint\trange=:5|8:16:2",
      "  Key\tw\tstring\tsecured\tsize=12:64",
      "",
    ]);
    const { model } = parseDataModel(text, "t.tsv");
    expect(model?.nodes.map(({ path, since, status }) => [path, since, status])).toEqual([
      ["Device.", "2.0", "current"],
      ["Device.A.{i}.", "2.1", "current"],
      ["Device.A.{i}.B.", "2.1", "deprecated"],
      ["Device.A.{i}.B.Mode", "2.2", "deprecated"],
      ["Device.A.{i}.E", "2.1", "current"],
      ["Device.A.{i}.Key", "2.1", "current"],
    ]);
  });
});
