/** What the linter sees written, on the devices that it invents. */
import { describe, expect, it } from "vitest";
import { subjectOf } from "../../../../src/mapping/lint/subject.ts";
import { stacksOf } from "../../../../src/mapping/lint/stacks.ts";
import { loadMaps } from "../../../../src/mapping/load.ts";
import { standardOf } from "../../../../src/mapping/standard/standard.ts";
import { mapOf } from "../fixtures.ts";
import { bind, mappings, stackFor, type Spec } from "./lint.ts";

const STANDARD = standardOf([]);

/** `path=text`, each once, of one binding. */
function written(spec: Spec): string[] {
  const { bindings } = subjectOf(stackFor(spec), STANDARD, new Map());
  return bindings.flatMap(({ trial }) => trial.writes.map(({ path, text }) => `${path}=${text}`));
}

const stun = (at: string, word = "1") => [{ bool: { true: word, false: "0" } }, { at }];

describe("what a lens would write", () => {
  it("stands in every home that a device may have alone", () => {
    const homes = ["Device.X_A", "Device.X_B", "Device.X_C"];
    const lens = [{ bool: { true: "1", false: "0" } }, { firstOf: homes }];
    const paths = written(bind("mgmt.stun-enable", lens)).map((one) => one.split("=")[0]);
    expect(new Set(paths)).toEqual(new Set(homes));
  });

  it("stands in a later home of a member whose neighbour is there", () => {
    const found = written(
      bind("wan.ppp.credential", [
        {
          split: {
            user: [{ text: { max: 64 } }, { firstOf: ["Device.X_A", "Device.X_B"] }],
            realm: [{ text: { max: 64 } }, { at: "Device.X_Realm" }],
          },
        },
      ]),
    );
    expect(found.some((one) => one.startsWith("Device.X_B="))).toBe(true);
  });

  it("is that of every case, whichever firmware and whatever else it asks for", () => {
    const version = (range: string) => ({ scheme: "dotted", range });
    const found = written(
      bind("mgmt.stun-enable", [
        {
          cases: [
            { when: { has: "Device.X_Old" }, lens: stun("Device.X_A", "old") },
            {
              when: { version: version(">=3"), lacks: "Device.X_No" },
              lens: stun("Device.X_A", "three"),
            },
            { when: { version: version(">=2") }, lens: stun("Device.X_A", "two") },
            { lens: stun("Device.X_A", "one") },
          ],
        },
      ]),
    );
    for (const word of ["old", "three", "two", "one"])
      expect(found).toContain(`Device.X_A=${word}`);
  });

  it.for(["0", "77"])("frees rows that are in use, and fills rows that are free: %s", (free) => {
    const found = written(mappings({ slots: { free: { ExternalPort: free } } }));
    expect(found).toContain(`Device.NAT.PortMapping.1.ExternalPort=${free}`);
    expect(found).toContain("Device.NAT.PortMapping.1.ExternalPort=65535");
  });

  it("is nothing where a binding only observes", () => {
    expect(written(bind("mgmt.stun-enable", stun("Device.X_A"), { observeOnly: true }))).toEqual(
      [],
    );
  });
});

describe("the stacks that are linted", () => {
  const part = (name: string, spec: object) => ({
    source: `${name}.yaml`,
    document: { apiVersion: "plumbline/v1", kind: "ParameterMap", metadata: { name }, spec },
  });
  const named = bind("device.name", [{ at: "Device.X_A.Name" }]);
  const set = loadMaps([
    ...mapOf({ extends: ["tr-181", "used"], bind: {} }, "chosen"),
    part("used", { layer: "vendor", ...named }),
    part("unused", { layer: "vendor", ...named }),
  ]);
  const names = (of?: ReadonlySet<string>) => stacksOf(set, of).map(({ name }) => name);

  it("are those of maps that devices get, and of parts that none of them uses", () => {
    expect(names()).toContain("chosen");
    expect(names()).toContain("unused");
    expect(names()).not.toContain("used");
  });

  it("of some maps are those in which they have a say", () => {
    expect(names(new Set(["used"]))).toEqual(["chosen"]);
    expect(names(new Set(["unused"]))).toEqual(["unused"]);
  });
});
