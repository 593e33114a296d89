/** Records written into a buffer of the caller's. */
import { describe, expect, it } from "vitest";
import { node } from "../../../src/crypto/node.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { CryptoProvider } from "../../../src/crypto/provider.ts";
import { TlsEngine } from "../../../src/engine/index.ts";
import type { TlsProtocolVersion } from "../../../src/handshake/registries/cipher-suites.ts";
import {
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

function connected(
  options: {
    readonly provider?: CryptoProvider;
    readonly versions?: readonly TlsProtocolVersion[];
  } = {},
): Pair {
  const pair = shuttle(
    newPair(testClientConfig(options), testServerConfig(options)),
  );
  events(pair.client);
  events(pair.server);
  return pair;
}

const data = Uint8Array.from({ length: 40_000 }, (_, i) => i % 253);
const room = new Uint8Array(66 * 1024);

describe("a room for records", () => {
  for (const provider of [noble, node])
    for (const version of ["TLSv1.3", "TLSv1.2"] as const)
      it(`is used again and again: ${provider.name}, ${version}`, () => {
        const { client, server } = connected({ provider, versions: [version] });
        for (let turn = 0; turn < 4; turn++) {
          // Wherever the room begins.
          const part = room.subarray(turn);
          client.write(data, part);
          const output = client.takeOutput();
          expect(output.buffer).toBe(room.buffer);
          server.receive(output);
          room.fill(0xee);
          expect(received(server)).toEqual(data);
        }
      });

  it("that is too small is left alone", () => {
    const { client, server } = connected();
    const small = room.slice(0, 39_999);
    client.write(data, small);
    const output = client.takeOutput();
    expect(output.buffer).not.toBe(small.buffer);
    server.receive(output);
    expect(received(server)).toEqual(data);
  });

  it("is not written over while its records wait to be taken", () => {
    const { client, server } = connected();
    client.write(data, room);
    const fork = TlsEngine.restore(client.snapshot());
    client.write(data.subarray(1), room);
    server.receive(client.takeOutput());
    const both = received(server);
    expect(both.subarray(0, data.length)).toEqual(data);
    expect(both.subarray(data.length)).toEqual(data.subarray(1));
    // Nor do those of a snapshot lie in it.
    const other = connected();
    other.client.write(data, room);
    const snapshot = other.client.snapshot();
    other.client.takeOutput();
    room.fill(0xee);
    other.server.receive(TlsEngine.restore(snapshot).takeOutput());
    expect(received(other.server)).toEqual(data);
    expect(fork.hasOutput).toBe(true);
  });

  it("may not be what the content lies in, and is bytes", () => {
    const { client, server } = connected();
    room.set(data);
    client.write(room.subarray(0, data.length), room);
    server.receive(client.takeOutput());
    expect(received(server)).toEqual(data);
    const wrong: unknown = "room";
    expect(() => {
      client.write(data, wrong as Uint8Array);
    }).toThrow(TypeError);
    expect(client.hasOutput).toBe(false);
    expect(client.error).toBeUndefined();
  });
});
