/** A limit per address counts clients, of which one has a whole IPv6 network. */
import { describe, expect, it } from "vitest";
import {
  type Listener,
  memoryPair,
  SSLServer,
  type Transport,
} from "../../src/index.ts";
import { clientOf } from "../../src/net/client-address.ts";
import { serverContext, thrown } from "../ssl/support.ts";

/** Addresses of one client each. */
const CLIENTS: readonly (readonly string[])[] = [
  [
    "2001:db8:0:1::1",
    "2001:db8:0:1:ffff:ffff:ffff:ffff",
    "2001:DB8:0000:0001::",
    "2001:db8::1:0:0:0:9",
    "2001:db8:0:1::192.0.2.9",
  ],
  ["2001:db8:0:2::1"],
  ["2001:db8::1"],
  // IPv4 in IPv6, in both ways to write it.
  ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "64:ff9b::192.0.2.1"],
  ["192.0.2.2", "::ffff:c000:202", "64:ff9b::c000:202"],
  ["64:ff9b:0:0:1::c000:202", "64:ff9b:0:0:1::c000:203"],
  ["::1", "::2"],
  // Every host of a link has these 64 bits.
  ["fe80::1%eth0", "fe80:0::1%eth0"],
  ["fe80::2%eth0"],
  ["fe80::1%eth1"],
  ["febf::1"],
  ["fec0::1", "fec0::2"],
  ["/run/server.sock"],
  ["a.example"],
  [""],
];

describe("clientOf", () => {
  it("is the same for addresses of one client, and for no others", () => {
    const names = CLIENTS.map((addresses) => new Set(addresses.map(clientOf)));
    for (const of of names) expect(of.size).toBe(1);
    expect(new Set(names.flatMap((of) => [...of])).size).toBe(CLIENTS.length);
  });
});

/** Silent clients of these addresses, as a server gets them. */
function listening(addresses: readonly string[]): Listener {
  const waiting = addresses.map((address): Transport => {
    const [, far] = memoryPair();
    return new Proxy(far, {
      get(target, key) {
        if (key === "remoteAddress")
          return { address, port: 7, family: "IPv6" };
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function"
          ? (...args: unknown[]): unknown => Reflect.apply(value, target, args)
          : value;
      },
    });
  });
  return {
    address: undefined,
    accept: () =>
      waiting.length > 0
        ? Promise.resolve(waiting.shift() ?? null)
        : new Promise(() => undefined),
    close: () => Promise.resolve(),
  };
}

/** Returns the number of those that had to make room. */
async function evicted(addresses: readonly string[]): Promise<number> {
  let count = 0;
  await using server = new SSLServer(listening(addresses), serverContext(), {
    maxPendingPerAddress: 2,
    firstByteTimeout: null,
    handshakeTimeout: null,
    onHandshakeError: (error) => {
      expect(error).toMatchObject({ code: "ERR_SSL_EVICTED" });
      count++;
    },
  });
  void server.address;
  for (let turn = 0; turn < addresses.length + 2; turn++)
    await new Promise((resolve) => setImmediate(resolve));
  return count;
}

describe("SSLServer, maxPendingPerAddress", () => {
  it("counts the addresses of an IPv6 network as one", async () => {
    const network = Array.from({ length: 9 }, (_, i) => `2001:db8::${i + 1}`);
    expect(await evicted(network)).toBe(7);
    const networks = Array.from({ length: 9 }, (_, i) => `2001:db8:0:${i}::1`);
    expect(await evicted(networks)).toBe(0);
  });

  it("counts an IPv4 address as one, however it is written", async () => {
    expect(
      await evicted(["192.0.2.1", "::ffff:192.0.2.1", "::ffff:c000:201"]),
    ).toBe(1);
    const others = Array.from({ length: 9 }, (_, i) => `::ffff:192.0.2.${i}`);
    expect(await evicted(others)).toBe(0);
  });

  it.each([
    ["maxPendingPerAddress", 0],
    ["maxPendingPerAddress", 1.5],
    ["maxPendingPerAddress", "2"],
    ["maxPending", 0],
    ["maxPending", Number.NaN],
    ["handshakeTimeout", -1],
    ["handshakeTimeout", "5"],
    ["firstByteTimeout", 0],
  ])("%s: %s is refused by name", (name, value) => {
    const error = thrown(
      () => new SSLServer(listening([]), serverContext(), { [name]: value }),
    );
    expect(error).toBeInstanceOf(RangeError);
    expect(String(error)).toContain(name);
  });
});
