/**
 * Messages up to their limit and one byte beyond, announced by their header
 * alone.
 */
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import { DEFAULT_LIMITS, TlsEngine } from "../../../src/engine/index.ts";
import {
  newPair,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

/** A record of TLS 1.2 in the clear with the header of a handshake message. */
function announces(type: number, length: number): Uint8Array {
  const header = [22, 3, 3, 0, 4, type];
  return Uint8Array.from([...header, length >> 16, length >> 8, length]);
}

function freshServer(): TlsEngine {
  return TlsEngine.server(testServerConfig());
}

/** A client of TLS 1.2 that has read a ServerHello. */
function clientAfterHello(): TlsEngine {
  const { client, server } = newPair(
    testClientConfig({ versions: ["TLSv1.2"] }),
    testServerConfig({ versions: ["TLSv1.2"] }),
  );
  server.receive(client.takeOutput());
  const flight = server.takeOutput();
  // The first message of its first record.
  const [, , , , , , a = 0, b = 0, c = 0] = flight;
  const hello = flight.subarray(5, 9 + (a << 16) + (b << 8) + c);
  const header = [22, 3, 3, hello.length >> 8, hello.length];
  client.receive(concat(Uint8Array.from(header), hello));
  expect(client.error).toBeUndefined();
  return client;
}

const { clientHello, certificateMessage, handshakeMessage } = DEFAULT_LIMITS;

describe("a message longer than its limit", () => {
  it.each([
    ["ClientHello", 1, clientHello, freshServer],
    ["Certificate", 11, certificateMessage, clientAfterHello],
    ["CertificateRequest", 13, certificateMessage, clientAfterHello],
    ["ServerKeyExchange", 12, handshakeMessage, clientAfterHello],
  ] as const)("is refused by its header: %s", (_name, type, limit, fresh) => {
    const honest = fresh();
    honest.receive(announces(type, limit));
    expect(honest.error).toBeUndefined();
    const flooded = fresh();
    flooded.receive(announces(type, limit + 1));
    expect(flooded.error).toMatchObject({
      reason: "message_too_long",
      alert: "illegal_parameter",
    });
  });

  // RFC 9846 6.2: its length is incorrect, whatever this side's limit.
  it.each([
    ["Finished", 20, clientAfterHello],
    ["ServerHelloDone", 14, clientAfterHello],
    ["EndOfEarlyData", 5, freshServer],
    ["KeyUpdate", 24, freshServer],
  ] as const)(
    "cannot be decoded if its length is fixed: %s",
    (_, type, fresh) => {
      const flooded = fresh();
      flooded.receive(announces(type, handshakeMessage + 1));
      expect(flooded.error).toMatchObject({
        reason: "malformed_message",
        alert: "decode_error",
      });
    },
  );
});
