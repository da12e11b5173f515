import { describe, expect, it } from "vitest";
import { isOfAccess, wireType } from "../../../src/model/event-types.ts";

describe("an event outside", () => {
  it.for([
    ["DesiredChanged", "desired.changed"],
    ["ServiceSuspended", "service.suspended"],
    ["DeviceSwapped", "device.swapped"],
    ["CredentialMisuseSuspected", "credential.misuse_suspected"],
    ["DeviceNotReturned", "device.not_returned"],
    ["MapProvingStarted", "map.proving_started"],
    ["Tested", "tested"],
  ] as const)("%s is called %s", ([type, wire]) => {
    expect(wireType(type)).toBe(wire);
  });

  it.for([
    ["TokenCreated", true],
    ["KeyRotationBegan", true],
    ["WebhookDisabled", true],
    ["DesiredChanged", false],
    ["KeyedThing", false],
  ] as const)("%s is of access: %s", ([type, is]) => {
    expect(isOfAccess(wireType(type))).toBe(is);
  });
});
