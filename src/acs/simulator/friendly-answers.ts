/**
 * How a dialect of the Friendly service writes its answers. The newer one, `acsws.asmx`, has typed results; the older
 * `ftacsws.asmx` has the same operations and writes them in another shape: it would be a second `Dialect`.
 */
import type { Answer, Body } from "./operations.ts";
import { escapeXml } from "../../lib/xml.ts";

export interface Dialect {
  readonly name: string;
  /** Lower case: IIS does not care, and several spellings were seen. */
  readonly path: string;
  /** Markup of the whole answer element. */
  answer(operation: string, answered: Answer): string;
}

export const NAMESPACE = "http://www.friendly-tech.com";
const member = (name: string, value: string | number | boolean): string =>
  `<${name}>${escapeXml(String(value))}</${name}>`;

function bodyXml(body: Body): string {
  switch (body.kind) {
    case "none":
      return "";
    case "status":
      return member("Online", body.online);
    case "transaction":
      return member("Id", body.id);
    case "response":
      return member("Response", body.text);
    case "counts":
      return (
        member("CompletedCount", body.completed) +
        member("PendingCount", body.pending) +
        member("FailedCount", body.failed)
      );
    case "parameters": {
      if (body.parameters === null) return "";
      let xml = "<Params>";
      for (const { name, value, code } of body.parameters) {
        xml += `<ParamWSDL><Name>${escapeXml(name)}</Name>`;
        if (value === null) xml += '<Value xsi:nil="true" />';
        else if (value !== undefined) xml += `<Value>${escapeXml(value)}</Value>`;
        xml += `<ErrorCode>${code}</ErrorCode></ParamWSDL>`;
      }
      return `${xml}</Params>`;
    }
    case "info": {
      const { info } = body;
      return (
        member("Id", info.id) +
        member("Serial", info.serial) +
        member("OUI", info.oui) +
        member("RootObject", info.root) +
        member("ProductClassId", info.productClassId) +
        member("ManufacturerName", info.manufacturer) +
        member("ModelName", info.modelName) +
        member("Created", info.created) +
        member("Updated", info.updated) +
        member("FirmwareVersion", info.firmware) +
        member("ProtocolType", "TR069")
      );
    }
  }
}

/** .NET writes the members of value types whether they mean something or not. */
const WHEN_REFUSED: Readonly<Record<string, Body>> = {
  FTCPEStatus: { kind: "status", online: false },
  FTRPCInvoke: { kind: "none" },
  FTGetTransactionStatus: { kind: "counts", completed: 0, pending: 0, failed: 0 },
};

function answer(operation: string, answered: Answer): string {
  const written: Body =
    answered.body.kind !== "none"
      ? answered.body
      : (WHEN_REFUSED[operation] ??
        (operation.startsWith("FTGet") ? answered.body : { kind: "transaction", id: 0 }));
  const idOfInfo =
    operation === "FTGetDeviceInfo" && answered.body.kind === "none" ? member("Id", 0) : "";
  return (
    `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>` +
    member("ErrorCode", answered.code) +
    member("Message", answered.message) +
    idOfInfo +
    bodyXml(written) +
    `</${operation}Result></${operation}Response>`
  );
}

export const NEWER: Dialect = { name: "friendly", path: "/ftacsws/acsws.asmx", answer };
