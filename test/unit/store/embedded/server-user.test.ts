import { describe, expect, it } from "vitest";
import {
  mayPass,
  parsePasswd,
  pickServerUser,
} from "../../../../src/store/embedded/server-user.ts";

const root = { name: "root", uid: 0, gid: 0 };
const postgres = { name: "postgres", uid: 101, gid: 104 };
const nobody = { name: "nobody", uid: 65534, gid: 65534 };
const person = { name: "person", uid: 1000, gid: 1000 };

describe("reading passwd", () => {
  const cases = [
    { name: "an entry", text: "postgres:x:101:104:Admin,,,:/var/lib:/bin/sh\n", want: [postgres] },
    { name: "marks and comments are no entries", text: "+::::::\n# a\n\n", want: [] },
    { name: "an entry without a number is none", text: "postgres:x::104::/:/bin/sh", want: [] },
  ];
  it.for(cases)("$name", ({ text, want }) => {
    expect(parsePasswd(text)).toEqual(want);
  });
});

describe("the user of the server", () => {
  const cases = [
    {
      name: "postgres comes first",
      passwd: [nobody, postgres],
      cluster: undefined,
      want: postgres,
    },
    {
      name: "nobody where there is no postgres",
      passwd: [root, nobody],
      cluster: undefined,
      want: nobody,
    },
    {
      name: "the owner of an existing cluster stays",
      passwd: [postgres, person],
      cluster: 1000,
      want: person,
    },
    {
      name: "an owner without an entry cannot run it",
      passwd: [postgres],
      cluster: 7,
      want: postgres,
    },
    {
      name: "never root, whoever owns the cluster",
      passwd: [root, nobody],
      cluster: 0,
      want: nobody,
    },
    {
      name: "a postgres that is root is not taken",
      passwd: [{ ...root, name: "postgres" }],
      cluster: undefined,
    },
    { name: "none", passwd: [root, person], cluster: undefined, want: undefined },
  ];
  it.for(cases)("$name", ({ passwd, cluster, want }) => {
    expect(pickServerUser(passwd, cluster)).toEqual(want);
  });
});

describe("passing a folder", () => {
  const cases = [
    { name: "its owner by the first digit", mode: 0o700, uid: 101, gid: 0, want: true },
    { name: "its group by the second", mode: 0o710, uid: 0, gid: 104, want: true },
    { name: "anybody else by the third", mode: 0o711, uid: 0, gid: 0, want: true },
    {
      name: "an owner who shut himself out stays out",
      mode: 0o077,
      uid: 101,
      gid: 104,
      want: false,
    },
    { name: "reading is not passing", mode: 0o744, uid: 0, gid: 0, want: false },
    { name: "root's own folder is closed", mode: 0o700, uid: 0, gid: 0, want: false },
  ];
  it.for(cases)("$name", ({ want, ...folder }) => {
    expect(mayPass(folder, postgres)).toBe(want);
  });
});
