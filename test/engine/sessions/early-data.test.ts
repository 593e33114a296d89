/** A server without 0-RTT skips what a client sent too early, RFC 9846 4.3.10. */
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { firstSession } from "../../support/sessions.ts";
import {
  type ClientOptions,
  DEFAULT_LIMITS,
  MemoryStrikeRegister,
  TicketKeys,
  type ServerOptions,
} from "../../../src/engine/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  newPair,
  type Pair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const offer: Partial<ClientOptions> = {
  grease: false,
  shapes: {
    client_hello: {
      verbatim: [{ type: ExtensionType.early_data, body: new Uint8Array() }],
    },
  },
};

/** A record under a key that neither side has. */
function early(length: number): Uint8Array {
  const record = new Uint8Array(5 + length).fill(0x5a);
  record.set([23, 3, 3, length >> 8, length]);
  return record;
}

function start(
  client: Partial<ClientOptions> = {},
  server: Partial<ServerOptions> = {},
): Pair {
  const pair = newPair(
    testClientConfig({ ...offer, ...client }),
    testServerConfig(server),
  );
  pair.server.receive(pair.client.takeOutput());
  return pair;
}

describe("early data that the server does not accept", () => {
  it("is skipped up to the limit, and the handshake goes on", () => {
    const pair = start();
    for (let i = 0; i < 4; i++) pair.server.receive(early(16_000));
    shuttle(pair);
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    expect(pair.server.state).toBe("CONNECTED");
  });

  it("has a limit", () => {
    const pair = start();
    for (let i = 0; i < 5; i++) pair.server.receive(early(16_000));
    expect(pair.server.error?.reason).toBe("too_much_early_data");
  });

  it("has a limit for records without content too", () => {
    const pair = start();
    const records = (count: number): Uint8Array =>
      concat(...Array.from({ length: count }, () => early(0)));
    const most = Math.floor(DEFAULT_LIMITS.skippedEarlyData / 5);
    pair.server.receive(records(most));
    expect(pair.server.error).toBeUndefined();
    pair.server.receive(records(1));
    expect(pair.server.error?.reason).toBe("too_much_early_data");
  });

  // [9846-4.3.10-05b] [9846-4.3.10-10b]
  it("is skipped to the last byte of both limits", () => {
    const pair = start(
      {},
      { maxEarlyData: 1000, limits: { skippedEarlyData: 2 * (5 + 17) } },
    );
    pair.server.receive(early(1000 + 17));
    // Two records that have a content type and a tag, and no content.
    for (let i = 0; i < 2; i++) pair.server.receive(early(17));
    expect(pair.server.error).toBeUndefined();
    pair.server.receive(early(17));
    expect(pair.server.error?.reason).toBe("too_much_early_data");
  });

  it("is skipped as far as the server's own tickets allow it, and further", () => {
    const pair = start({}, { maxEarlyData: 100_000 });
    for (let i = 0; i < 10; i++) pair.server.receive(early(16_000));
    expect(pair.server.error).toBeUndefined();
    pair.server.receive(early(16_000));
    expect(pair.server.error?.reason).toBe("too_much_early_data");
  });

  // [9846-4.3.10-05a] [9846-4.3.10-10b]
  it("is skipped up to what was offered, in records of any size", () => {
    const offered = 208_000;
    const server = {
      provider: noble,
      ticketKeys: new TicketKeys({ provider: noble }),
      strikeRegister: new MemoryStrikeRegister({ provider: noble }),
    };
    const session = firstSession({
      server: { ...server, maxEarlyData: offered },
    });
    // This one has no early data at all, and knows the ticket.
    for (const size of [16_000, 20]) {
      const pair = newPair(
        testClientConfig({ session, earlyData: true }),
        testServerConfig(server),
      );
      pair.server.receive(pair.client.takeOutput());
      for (let sent = 0; sent < offered; sent += size) {
        pair.client.writeEarlyData(new Uint8Array(size));
        pair.server.receive(pair.client.takeOutput());
      }
      shuttle(pair);
      expect(pair.client.error ?? pair.server.error).toBeUndefined();
      expect(pair.client.info?.earlyData).toBe("rejected");
      expect(pair.server.info?.resumed).toBe(true);
    }
    const pair = start({ session });
    for (let i = 0; i < 16; i++) pair.server.receive(early(16_000));
    expect(pair.server.error?.reason).toBe("too_much_early_data");
  });

  it("does not excuse bad records once the client has the keys", () => {
    const pair = start();
    shuttle(pair);
    pair.server.receive(early(100));
    expect(pair.server.error?.reason).toBe("bad_record_mac");
  });

  it("is an error where it was not offered", () => {
    const pair = start({ shapes: {} });
    pair.server.receive(early(100));
    expect(pair.server.error?.reason).toBe("bad_record_mac");
  });

  it("is skipped before a second ClientHello, which must not offer it", () => {
    const pair = start(
      { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
      { groups: ["secp256r1"] },
    );
    pair.server.receive(early(16_000));
    expect(pair.server.error).toBeUndefined();
    shuttle(pair);
    expect(pair.server.error?.reason).toBe("hello_changed_after_retry");
  });
});
