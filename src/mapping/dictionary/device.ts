/** What a device is, and what it says of itself. */
import { counter, deviceText, mac, text } from "./basic-types.ts";
import { kept, QUIET, seen, type Family } from "./def.ts";

export const DEVICE: Family = {
  "device.manufacturer": seen(deviceText, "manufacturer as the CPE spells it"),
  "device.oui": seen(deviceText, "OUI of the manufacturer, six hex digits"),
  "device.product-class": seen(deviceText, "product class"),
  "device.model-name": seen(deviceText, "model name"),
  "device.hardware-version": seen(deviceText, "hardware version"),
  // Not written as a parameter: what is desired of it is carried out as a download.
  "device.software-version": seen(deviceText, "software version that runs now", "firmware"),
  "device.modem-version": seen(deviceText, "software version of a modem inside, if it has its own"),
  "device.arch": seen(deviceText, "processor architecture; decides which image fits"),
  "device.serial-number": seen(deviceText, "serial number: proves which device answered"),
  "device.mac": seen(mac, "MAC address of the device, as on its label"),
  "device.uptime": seen(counter("s"), "time since the last boot"),
  "device.name": kept(text(64), "name that an operator gave the device", "operator", QUIET),
};
