/** Tables whose rows come and go by AddObject and DeleteObject. */
import fc from "fast-check";
import type { LogicalValue } from "../../../../src/model/logical.ts";
import { testMapper } from "../fixtures.ts";
import { treeOf } from "./cpe.ts";
import {
  at,
  frequency,
  khz,
  list,
  member,
  NOBODY,
  scan,
  text,
  type TableCase,
} from "./table-case.ts";

export const plmns: TableCase = {
  name: "rows of AddObject, a set, all ours",
  logical: "lte.plmn-list",
  mapper: testMapper({
    bind: {
      "lte.plmn-list": {
        lens: [
          {
            table: {
              row: "Device.Cell.EPC.PLMNList.{r}",
              scalar: "plmn",
              fields: { plmn: [{ text: { max: 6 } }, at("$row.PLMNID")] },
              onCreate: { Enable: true },
              order: "set",
              max: 6,
            },
          },
        ],
      },
    },
  }),
  cpe: {
    prefix: "Device.Cell.EPC.PLMNList.",
    made: { PLMNID: "string", Enable: "boolean", CellReservedForOperatorUse: "boolean" },
  },
  rest: treeOf({ "Device.Cell.EPC.TAC": "7" }),
  order: "set",
  values: list(fc.constantFrom("00101", "00102", "00103", "310410", "310411", "310412")),
  word: text,
  key: text,
  said: ({ PLMNID = "" }) => PLMNID || null,
  isStranger: NOBODY,
  row: fc.constantFrom("", "00101", "00102", "310410", "99999").map((PLMNID) => ({
    PLMNID,
    Enable: PLMNID === "" ? "false" : "true",
    CellReservedForOperatorUse: "false",
  })),
};

const mapping = fc
  .record({
    protocol: fc.constantFrom("tcp", "udp"),
    externalPort: fc.integer({ min: 1, max: 4 }),
    internalPort: fc.constantFrom(80, 443),
    client: fc.constantFrom("10.0.0.2", "10.0.0.3"),
  })
  .map((entry): LogicalValue => ({ ...entry }));
const mappingWord = (entry: LogicalValue): string =>
  ["protocol", "externalPort", "internalPort", "client"].map((name) => member(entry, name)).join();
export const ports: TableCase = {
  name: "rows of AddObject below an anchor, among those of strangers",
  logical: "lan.port-mappings",
  mapper: testMapper({
    anchors: { wan: { row: "Device.Wan.{w}", where: [{ param: "Enable", equals: true }] } },
    bind: {
      "lan.port-mappings": {
        lens: [
          {
            table: {
              row: "$wan.Map.{r}",
              key: ["protocol", "externalPort"],
              fields: {
                protocol: [at("$row.Protocol")],
                externalPort: [{ int: {} }, at("$row.ExternalPort")],
                internalPort: [{ int: {} }, at("$row.InternalPort")],
                client: [at("$row.Client")],
              },
              onCreate: { Description: "plumbline", Enable: true },
              owns: { where: [{ param: "Description", equals: "plumbline" }] },
              ignore: [{ param: "Client", equals: "10.9.9.9" }],
              order: "set",
            },
          },
        ],
      },
    },
  }),
  cpe: {
    prefix: "Device.Wan.2.Map.",
    made: {
      Protocol: "string",
      ExternalPort: "unsignedInt",
      InternalPort: "unsignedInt",
      Client: "string",
      Description: "string",
      Enable: "boolean",
    },
  },
  rest: treeOf({
    "Device.Wan.1.Enable": "0",
    "Device.Wan.2.Enable": "1",
    "Device.Wan.1.Map.1.Protocol": "tcp",
    "Device.Wan.1.Map.1.Description": "plumbline",
  }),
  order: "set",
  values: fc.array(mapping, { maxLength: 5 }),
  word: mappingWord,
  key: (entry) => `${member(entry, "protocol")} ${member(entry, "externalPort")}`,
  said: ({ Protocol = "", ExternalPort = "", InternalPort = "", Client = "" }) =>
    ExternalPort === "0" ? null : [Protocol, ExternalPort, InternalPort, Client].join(),
  isStranger: ({ ExternalPort, Description, Client }) =>
    ExternalPort !== "0" && (Description !== "plumbline" || Client === "10.9.9.9"),
  row: fc.oneof(
    fc.constant({
      Protocol: "",
      ExternalPort: "0",
      InternalPort: "0",
      Client: "",
      Description: "",
      Enable: "false",
    }),
    mapping.map((entry) => ({
      Protocol: member(entry, "protocol"),
      ExternalPort: member(entry, "externalPort"),
      InternalPort: member(entry, "internalPort"),
      Client: member(entry, "client"),
      Description: "plumbline",
      Enable: "true",
    })),
    fc
      .record({
        ExternalPort: fc.constantFrom("6", "7", "8"),
        Description: fc.constantFrom("UPnP", "game", "plumbline"),
      })
      .map(({ ExternalPort, Description }) => ({
        Protocol: "udp",
        ExternalPort,
        InternalPort: "9",
        Client: Description === "plumbline" ? "10.9.9.9" : "what is that",
        Description,
        Enable: "true",
      })),
  ),
};

export const scanRows: TableCase = {
  name: "rows of AddObject, a list by position",
  logical: "radio.scan-list",
  mapper: scan({ row: "Device.Radio.Scan.{r}", order: "index", onCreate: { Enable: true } }),
  cpe: { prefix: "Device.Radio.Scan.", made: { Frequency: "unsignedInt", Enable: "boolean" } },
  rest: treeOf({ "Device.Radio.Running": "5000" }),
  order: "index",
  values: list(khz),
  word: text,
  key: text,
  said: frequency("Frequency"),
  isStranger: NOBODY,
  row: fc
    .oneof(fc.constant(0), khz)
    .map((n) => ({ Frequency: String(n), Enable: n === 0 ? "false" : "true" })),
};
