/** Faults that only a peer with the keys can make. */
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex, utf8Bytes } from "../../../src/bytes.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import { encodeNewSessionTicket13 } from "../../../src/handshake/messages/new-session-ticket13.ts";
import { events, received } from "../../support/engines.ts";
import { forgeable, reasonAfter } from "../../support/forger.ts";

const ALERT = 21;
const HANDSHAKE = 22;
const DATA = 23;
const KEY_UPDATE = "1800000100";

const ticket = (lifetime: number, nonce = 0): Uint8Array =>
  encodeNewSessionTicket13(EVERY_EXTENSION, {
    lifetime,
    ageAdd: 7,
    nonce: Uint8Array.of(nonce),
    ticket: utf8Bytes("ticket"),
    extensions: { early_data: 4096 },
  });

describe("sealed records", () => {
  it("with padding are read without it", () => {
    const { server, forge } = forgeable();
    server.receive(forge("client", DATA, "00ff00", 100));
    expect(toHex(received(server))).toBe("00ff00");
  });

  // [9846-5.4-04] [9846-5.4-05]
  it("of nothing but padding", () => {
    const { server, forge } = forgeable();
    // A type of zero is a zero more.
    expect(reasonAfter(server, forge("client", 0, "", 20))).toBe(
      "record_without_content_type",
    );
  });

  // [9846-5.4-06]
  it("longer than 2^14 + 1 bytes inside", () => {
    const { server, forge } = forgeable();
    const most = forge("client", DATA, new Uint8Array(16_384));
    expect(reasonAfter(server, most)).toBeUndefined();
    const more = forge("client", DATA, new Uint8Array(16_384), 1);
    expect(reasonAfter(server, more)).toBe("record_overflow");
  });

  it("without content may come, but not for ever", () => {
    const { server, forge } = forgeable();
    const empty = () => forge("client", DATA, "", 3);
    for (let i = 0; i < 32; i++) server.receive(empty());
    server.receive(forge("client", DATA, "01"));
    for (let i = 0; i < 32; i++) server.receive(empty());
    expect(server.error).toBeUndefined();
    expect(toHex(received(server))).toBe("01");
    expect(reasonAfter(server, empty())).toBe("too_many_empty_records");
  });

  it.each([
    [
      // [9846-5-02]
      "an encrypted change_cipher_spec",
      20,
      "01",
      "unexpected_change_cipher_spec",
    ],
    // [9846-5.4-03]
    ["an empty handshake record", HANDSHAKE, "", "empty_handshake_record"],
    // [9846-5-05a]
    ["a type that nobody has assigned", 99, "00", "unexpected_record_type"],
    ["an empty alert", ALERT, "", "empty_alert_record"],
    ["an alert of three bytes", ALERT, "010000", "bad_alert"],
    [
      "a Finished after the handshake",
      HANDSHAKE,
      "14000000",
      "unexpected_message",
    ],
    // [9846-4.2.2-03]
    ["a ClientHello after it", HANDSHAKE, "01000000", "unexpected_message"],
    ["a HelloRequest of TLS 1.2", HANDSHAKE, "00000000", "unexpected_message"],
    // [9846-4.7.3-04]
    ["a KeyUpdate of 2", HANDSHAKE, "1800000102", "bad_key_update"],
    ["a KeyUpdate of nothing", HANDSHAKE, "18000000", "malformed_message"],
  ])("%s", (_name, type, content, reason) => {
    const { client, server, forge } = forgeable();
    expect(reasonAfter(server, forge("client", type, content))).toBe(reason);
    expect(reasonAfter(client, forge("server", type, content))).toBe(reason);
  });

  // [9846-5.1-06]
  it("a message behind a KeyUpdate in the same record", () => {
    const { server, forge } = forgeable();
    const both = fromHex(KEY_UPDATE + KEY_UPDATE);
    expect(reasonAfter(server, forge("client", HANDSHAKE, both))).toBe(
      "data_across_key_change",
    );
  });

  // [9846-5.1-04]
  it("data in the middle of a message", () => {
    const { server, forge } = forgeable();
    const half = forge("client", HANDSHAKE, "180000");
    expect(reasonAfter(server, half, forge("client", DATA, "00"))).toBe(
      "interleaved_handshake",
    );
  });

  it("tickets sent to a server", () => {
    const { server, forge } = forgeable();
    expect(reasonAfter(server, forge("client", HANDSHAKE, ticket(1)))).toBe(
      "unexpected_message",
    );
  });
});

describe("tickets", () => {
  it("are reported, each with a key of its own", () => {
    const { client, forge } = forgeable();
    const flight = concat(ticket(60, 1), ticket(60, 2), ticket(0, 3));
    client.receive(forge("server", HANDSHAKE, flight));
    const told = events(client);
    expect(told).toHaveLength(2);
    const keys = told.map((event) => {
      if (event.type !== "session") throw new Error(event.type);
      const { session } = event;
      if (session.version !== "TLSv1.3") throw new Error(session.version);
      expect(session).toMatchObject({
        lifetimeSeconds: 60,
        maxEarlyData: 4096,
        serverName: "localhost",
      });
      return toHex(session.psk.bytes);
    });
    expect(new Set(keys).size).toBe(2);
  });

  it("of more than seven days are good for seven", () => {
    const { client, forge } = forgeable();
    for (const seconds of [604_800, 604_801, 2 ** 32 - 1])
      client.receive(forge("server", HANDSHAKE, ticket(seconds)));
    expect(client.error).toBeUndefined();
    const lifetimes = events(client).map((event) =>
      event.type === "session" ? event.session.lifetimeSeconds : undefined,
    );
    expect(lifetimes).toEqual([604_800, 604_800, 604_800]);
  });

  // [9846-4.7.1-03b]
  it("are ignored once there are enough of them, and data goes on", () => {
    const { client, forge } = forgeable();
    for (let i = 0; i < 70; i++)
      client.receive(forge("server", HANDSHAKE, ticket(60)));
    client.receive(forge("server", DATA, "00"));
    expect(client.error).toBeUndefined();
    const told = events(client).map(({ type }) => type);
    expect(told.filter((type) => type === "session")).toHaveLength(64);
    expect(told.at(-1)).toBe("data");
  });
});
