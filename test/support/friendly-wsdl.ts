/** A description of the Friendly service with an operation taken out, as of a site that does not offer it. */
export function withoutOperation(wsdl: string, ...names: readonly string[]): string {
  return names.reduce(
    (text, name) =>
      text
        .replaceAll(new RegExp(`<wsdl:operation name="${name}">.*?</wsdl:operation>`, "gs"), "")
        .replaceAll(new RegExp(`<wsdl:message name="${name}Soap.*?</wsdl:message>`, "gs"), "")
        .replaceAll(
          new RegExp(`<s:element name="${name}(Response)?">.*?\\n      </s:element>`, "gs"),
          "",
        ),
    wsdl,
  );
}
