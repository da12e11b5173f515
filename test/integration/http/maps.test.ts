/** Parameter maps as records: taken as a set with those that ship, or refused at the line where one of them is wrong. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openApi, type Api } from "./api-fixture.ts";

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const map = (name: string, lines: readonly string[]): string =>
  [
    "apiVersion: plumbline/v1",
    "kind: ParameterMap",
    `metadata: { name: ${name} }`,
    "spec:",
    "  extends: [tr-181]",
    '  match: { root: Device, oui: ["0019E0"], productClass: WIXB }',
    ...lines.map((line) => `  ${line}`),
    "",
  ].join("\n");

const GOOD = map("wixb-175", [
  "bind:",
  "  wan.ppp.credential:",
  '    lens: [{ join: { of: [user, realm], sep: "@", splitAt: last } }, { at: Device.X.User }]',
]);

const apply = (text: string, query = "", token = api.tokens.operator) =>
  api.call("POST", `/v1/manifests${query}`, { text, type: "application/yaml", token });

describe("a parameter map that is applied", () => {
  it("is kept as a record, with a revision for each change of content", async () => {
    expect((await apply(GOOD)).body).toMatchObject({
      code: "count_unconfirmed",
      details: { count: 2 },
    });
    const { body } = await apply(GOOD, "?expect=2");
    expect(body).toMatchObject({ created: ["ParameterMap/wixb-175"], touched: 2 });
    expect((await apply(GOOD)).body).toMatchObject({ unchanged: ["ParameterMap/wixb-175"] });
    const found = await api.call("GET", "/v1/parametermaps/wixb-175", {
      token: api.tokens.operator,
    });
    expect(found.body).toMatchObject({ kind: "ParameterMap", metadata: { name: "wixb-175" } });
  });

  it.for([
    {
      name: "with a step that does not exist",
      lines: ["bind:", "  wan.ppp.credential:", "    lens: [{ joyn: {} }, { at: Device.X.User }]"],
      want: { code: "invalid_map", line: 9, message: 'unknown step "joyn"' },
    },
    {
      name: "with an anchor that no map has",
      lines: ["bind:", "  wan.ppp.credential:", "    lens: [{ at: $wam.User }]"],
      want: { code: "invalid_map", line: 9, message: 'no anchor "wam"' },
    },
    {
      name: "that extends a map that does not exist",
      lines: ["bind: {}"],
      extends: "tr-182",
      want: { code: "invalid_map", line: 5, message: 'no map "tr-182"' },
    },
    {
      name: "with a field that does not exist",
      lines: ["binds: {}"],
      want: { code: "invalid", line: 7, message: 'unknown field "binds"' },
    },
  ])("$name is refused at its line, and nothing is changed", async (given) => {
    const text = map("wixb-176", given.lines).replace(
      "extends: [tr-181]",
      `extends: [${given.extends ?? "tr-181"}]`,
    );
    const before = await api.state();
    const { status, body } = await apply(text);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: given.want.code });
    const problems = body["errors"] as { line: number; column: number; message: string }[];
    const problem = problems.find(({ message }) => message.includes(given.want.message));
    expect(problem).toMatchObject({ line: given.want.line });
    expect(problem?.column).toBeGreaterThan(0);
    expect(await api.state()).toEqual(before);
  });

  it("that fits the same devices as another one, and differs, is refused with both named", async () => {
    await apply(GOOD, "?expect=2");
    const { status, body } = await apply(
      GOOD.replace("wixb-175", "wixb-other").replace("X.User", "Y.User"),
    );
    expect([status, body["code"]]).toEqual([422, "ambiguous_map"]);
    expect(JSON.stringify(body["errors"])).toContain("wixb-175");
    expect(JSON.stringify(body["errors"])).toContain("wixb-other");
  });

  it("needs the scope maps:write", async () => {
    expect((await apply(GOOD, "", api.tokens.billing)).status).toBe(403);
    const token = await api.token("mapper", "maps:write");
    expect((await apply(GOOD, "?dryRun=true", token)).status).toBe(200);
  });
});
