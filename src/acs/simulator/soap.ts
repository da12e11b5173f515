/** SOAP envelopes, 1.1 and 1.2, as an ASP.NET web service reads and writes them. */
import { escapeXml, parseXml, XmlError, type XmlElement } from "../../lib/xml.ts";

export type SoapVersion = "1.1" | "1.2";

const ENVELOPES: Readonly<Record<SoapVersion, string>> = {
  "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
  "1.2": "http://www.w3.org/2003/05/soap-envelope",
};
const CONTENT_TYPES: Readonly<Record<SoapVersion, string>> = {
  "1.1": "text/xml; charset=utf-8",
  "1.2": "application/soap+xml; charset=utf-8",
};
const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

export interface SoapReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface SoapRequest {
  readonly version: SoapVersion;
  /** The first element of the body. */
  readonly call: XmlElement;
  readonly headers: readonly XmlElement[];
}

export type FaultCode = "Client" | "Server" | "MustUnderstand" | "VersionMismatch";

const FAULT_12: Readonly<Record<FaultCode, string>> = {
  Client: "Sender",
  Server: "Receiver",
  MustUnderstand: "MustUnderstand",
  VersionMismatch: "VersionMismatch",
};

function envelope(version: SoapVersion, body: string): string {
  return (
    `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="${ENVELOPES[version]}"` +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
    `<soap:Body>${body}</soap:Body></soap:Envelope>`
  );
}

/** @param body markup, already escaped */
export function soapReply(version: SoapVersion, body: string): SoapReply {
  return { status: 200, contentType: CONTENT_TYPES[version], body: envelope(version, body) };
}

/** HTTP 500, as ASP.NET sends every fault. */
export function soapFault(version: SoapVersion, code: FaultCode, text: string): SoapReply {
  const detail =
    version === "1.1"
      ? `<soap:Fault><faultcode>soap:${code}</faultcode><faultstring>${escapeXml(text)}</faultstring><detail /></soap:Fault>`
      : `<soap:Fault><soap:Code><soap:Value>soap:${FAULT_12[code]}</soap:Value></soap:Code>` +
        `<soap:Reason><soap:Text xml:lang="en">${escapeXml(text)}</soap:Text></soap:Reason><soap:Detail /></soap:Fault>`;
  return { status: 500, contentType: CONTENT_TYPES[version], body: envelope(version, detail) };
}

/** The call inside an envelope, or the fault to answer with. Never throws. */
export function readSoap(body: string): SoapRequest | SoapReply {
  let root: XmlElement;
  try {
    root = parseXml(body);
  } catch (error) {
    const place =
      error instanceof XmlError ? ` at character ${error.offset}: ${error.message}` : "";
    return soapFault("1.1", "Client", `Server was unable to read request.${place}`);
  }
  const version = (["1.1", "1.2"] as const).find((each) => ENVELOPES[each] === root.namespace);
  if (version === undefined || root.name !== "Envelope") {
    return soapFault("1.1", "VersionMismatch", "Possible SOAP version mismatch: unknown envelope");
  }
  const part = (name: string): XmlElement | undefined =>
    root.children.find((child) => child.name === name && child.namespace === root.namespace);
  const call = part("Body")?.children[0];
  if (call === undefined) return soapFault(version, "Client", "The SOAP body holds no call");
  return { version, call, headers: part("Header")?.children ?? [] };
}

const child = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((each) => each.name === name && each.namespace === WSSE);

/** User name and password of a WS-Security UsernameToken, plain text as the clients of this service send it. */
export function usernameToken(
  headers: readonly XmlElement[],
): { readonly user: string; readonly password: string } | undefined {
  const security = headers.find((each) => each.name === "Security" && each.namespace === WSSE);
  const token = child(security, "UsernameToken");
  const user = child(token, "Username");
  return user && { user: user.text, password: child(token, "Password")?.text ?? "" };
}

/** A header that must be understood; a stock .asmx understands none and refuses the call. */
export function mustUnderstand(headers: readonly XmlElement[]): boolean {
  return headers.some((header) =>
    [...header.attributes].some(
      ([name, value]) => /(^|:)mustUnderstand$/.test(name) && (value === "1" || value === "true"),
    ),
  );
}
