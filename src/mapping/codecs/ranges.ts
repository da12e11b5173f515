/**
 * `ranges`: channels as rows of first, last, step and bandwidth, all in kHz (the WiMAX Forum's ChannelPlan).
 *
 * Reads a range as its channels, first to last by step; writes one row for each channel, first = last, step 0, so that
 * the device's own ranges never have to be guessed. The channels are a set: sorted by centre, then bandwidth, each once.
 * Foreign: a range that its step does not divide, that runs backwards, that has a frequency or bandwidth of 0, or that
 * expands to more than 512 channels in all (a row is written by a device, and must not be able to fill our memory).
 */
import { z } from "zod";
import { isList, isRecord, said, unsayable, type Plain, type Step } from "./codec.ts";

const MAX_CHANNELS = 512;

interface Channel {
  readonly centreKhz: number;
  readonly bandwidthKhz: number;
}

function asSet(channels: readonly Channel[]): Plain {
  const sorted = [...channels].sort(
    (a, b) => a.centreKhz - b.centreKhz || a.bandwidthKhz - b.bandwidthKhz,
  );
  return sorted
    .filter((channel, index) => {
      const before = sorted[index - 1];
      return (
        before?.centreKhz !== channel.centreKhz || before.bandwidthKhz !== channel.bandwidthKhz
      );
    })
    .map(({ centreKhz, bandwidthKhz }) => ({ centreKhz, bandwidthKhz }));
}

/** The members as numbers, or undefined when one of them is none. */
function numbers(value: Plain, ...names: string[]): number[] | undefined {
  const list = names.map((name) => (isRecord(value) ? value[name] : undefined));
  return list.every((member): member is number => Number.isSafeInteger(member)) ? list : undefined;
}

export const ranges: Step<Record<string, never>> = {
  name: "ranges",
  meaning: "channels as rows of first, last, step and bandwidth",
  shape: "value",
  options: () => z.strictObject({}),
  build: () => ({
    encode(value) {
      if (!isList(value)) return unsayable("is not a list of channels");
      const channels: Channel[] = [];
      for (const item of value) {
        const [centreKhz = 0, bandwidthKhz = 0] = numbers(item, "centreKhz", "bandwidthKhz") ?? [];
        if (centreKhz <= 0 || bandwidthKhz <= 0)
          return unsayable("has a channel without frequency or bandwidth");
        channels.push({ centreKhz, bandwidthKhz });
      }
      const rows = (asSet(channels) as readonly (Channel & { [name: string]: Plain })[]).map(
        ({ centreKhz, bandwidthKhz }) => ({
          first: centreKhz,
          last: centreKhz,
          step: 0,
          bandwidth: bandwidthKhz,
        }),
      );
      return said(rows);
    },
    decode(wire) {
      if (!isList(wire)) return unsayable("is not a list of rows");
      const channels: Channel[] = [];
      for (const row of wire) {
        const [first = 0, last = 0, step = 0, bandwidth = 0] =
          numbers(row, "first", "last", "step", "bandwidth") ?? [];
        if (first <= 0 || bandwidth <= 0)
          return unsayable("has a row without frequency or bandwidth");
        if (last < first) return unsayable("has a range that runs backwards");
        if (last > first && (step <= 0 || (last - first) % step !== 0)) {
          return unsayable("has a range that its step does not divide");
        }
        const count = last === first ? 1 : (last - first) / step + 1;
        if (channels.length + count > MAX_CHANNELS)
          return unsayable(`has more than ${MAX_CHANNELS} channels`);
        for (let n = 0; n < count; n += 1) {
          channels.push({ centreKhz: first + n * step, bandwidthKhz: bandwidth });
        }
      }
      return said(asSet(channels));
    },
  }),
};
