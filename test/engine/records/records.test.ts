/** Faults of a peer on the record layer, and oddities that are allowed. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { concat, fromHex, utf8Bytes } from "../../../src/bytes.ts";
import { TlsEngine } from "../../../src/engine/index.ts";
import {
  DELIVERIES,
  events,
  newPair,
  type Pair,
  received,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";

const dummy = fromHex("140303000101");

function connected(
  client = testClientConfig(),
  server = testServerConfig(),
): Pair {
  const pair = shuttle(newPair(client, server));
  events(pair.client);
  events(pair.server);
  expect(pair.client.error ?? pair.server.error).toBeUndefined();
  return pair;
}

function freshServer(): TlsEngine {
  return TlsEngine.server(testServerConfig());
}

function freshClient(): TlsEngine {
  const engine = TlsEngine.client(testClientConfig(), "localhost");
  engine.takeOutput();
  return engine;
}

/** Sends bytes to an engine and returns how it ended. */
function ends(engine: TlsEngine, ...bytes: readonly Uint8Array[]) {
  for (const part of bytes) engine.receive(part);
  const { error } = engine;
  return { reason: error?.reason, alert: error?.alert };
}

// [9846-5.1-14] [9846-E-01] [9846-E.5-11]
describe("what is no TLS", () => {
  it.each([
    ["GET / HTTP/1.1\r\n\r\n", "http_request"],
    ["POST /x HTTP/1.1\r\n\r\n", "http_request"],
    ["CONNECT a:443 HTTP/1.1\r\n\r\n", "https_proxy_request"],
    ["SSH-2.0-OpenSSH\r\n", "wrong_version_number"],
  ])("%j on a server's port", (text, reason) => {
    for (const delivery of DELIVERIES) {
      const engine = freshServer();
      const bytes = utf8Bytes(text);
      if (delivery === "whole") engine.receive(bytes);
      else for (const byte of bytes) engine.receive(Uint8Array.of(byte));
      expect(engine.error?.reason).toBe(reason);
      // Somebody who does not speak TLS would not understand an alert.
      if (reason !== "wrong_version_number")
        expect(engine.takeOutput()).toHaveLength(0);
    }
  });

  it("a plain HTTP answer to a client", () => {
    const answer = utf8Bytes("HTTP/1.1 400 Bad Request\r\n\r\n");
    expect(ends(freshClient(), answer)).toEqual({
      reason: "http_response",
      alert: undefined,
    });
  });

  // [9846-6-02] [9846-6.2-01] [9846-6.2-02]
  it("fails once, and whatever follows changes nothing", () => {
    const engine = freshServer();
    engine.receive(utf8Bytes("nonsense"));
    engine.receive(utf8Bytes("more nonsense"));
    engine.receiveEof();
    expect(events(engine)).toHaveLength(1);
    expect(() => engine.write(Uint8Array.of(1))).toThrow(/has failed/);
  });
});

describe("records", () => {
  it.each([
    // [9846-5.1-16]
    ["a record of 2^14 + 1 bytes", "160303400100", "record_overflow"],
    ["an encrypted one of 2^14 + 257", "170303410100", "record_overflow"],
    ["an empty handshake record", "1603030000", "empty_handshake_record"],
    // [9846-5-05a]
    ["a heartbeat", "180303000101", "unexpected_record_type"],
    ["a type below 20", "130303000101", "unexpected_record_type"],
    ["a type above 24", "190303000101", "unexpected_record_type"],
    ["the type 255", "ff0301000101", "unexpected_record_type"],
    [
      "data before the handshake",
      "170303000101",
      "unexpected_application_data",
    ],
    ["empty data before it", "1703030000", "unexpected_application_data"],
    ["an empty alert", "1503030000", "empty_alert_record"],
    // [9846-5.1-09b]
    ["an alert of one byte", "150303000102", "bad_alert"],
    // [9846-5.1-09b] [9846-5.1-10]
    ["an alert of four bytes", "150303000402280228", "bad_alert"],
    [
      // [9846-5-03]
      "a change_cipher_spec too early",
      "140303000101",
      "unexpected_change_cipher_spec",
    ],
  ])("%s to a server", (_name, hex, reason) => {
    expect(ends(freshServer(), fromHex(hex)).reason).toBe(reason);
  });

  // [5246-6-02] [9846-5-05b]
  it.each([0, 19, 25, 99, 255])("of type %i are unexpected_message", (type) => {
    const record = Uint8Array.of(type, 3, 3, 0, 1, 1);
    const tls12 = { versions: ["TLSv1.2"] } as const;
    for (const engine of [
      freshServer(),
      freshClient(),
      connected().client,
      connected().server,
      connected(testClientConfig(tls12)).client,
      connected(testClientConfig(tls12)).server,
    ])
      expect(ends(engine, record).alert).toBe("unexpected_message");
  });

  // [9846-5-01] [9846-5-02] [9846-5-03]
  it("a change_cipher_spec is dropped between the hellos and refused after", () => {
    const client = freshClient();
    client.receive(dummy);
    expect(client.error).toBeUndefined();
    expect(ends(client, fromHex("140303000102"))).toEqual({
      reason: "unexpected_change_cipher_spec",
      alert: "unexpected_message",
    });
    expect(ends(connected().client, dummy).reason).toBe(
      "unexpected_change_cipher_spec",
    );
    expect(ends(connected().server, dummy).reason).toBe(
      "unexpected_change_cipher_spec",
    );
  });

  it("a flood of change_cipher_specs ends", () => {
    const flood = Array.from({ length: 33 }, () => dummy);
    expect(ends(freshClient(), ...flood).reason).toBe(
      "too_many_change_cipher_specs",
    );
  });

  // [9846-5.2-03] [9846-6.2-01]
  it("a changed bit in a sealed record", () => {
    const { client, server } = connected();
    client.write(utf8Bytes("hello"));
    const sealed = client.takeOutput();
    sealed[7] = (sealed[7] ?? 0) ^ 1;
    expect(ends(server, sealed)).toEqual({
      reason: "bad_record_mac",
      alert: "bad_record_mac",
    });
    client.receive(server.takeOutput());
    expect(client.error).toMatchObject({
      reason: "peer_alert",
      alert: "bad_record_mac",
      direction: "received",
    });
  });

  it("a record twice, or left out", () => {
    for (const drop of [true, false]) {
      const { client, server } = connected();
      client.write(utf8Bytes("one"));
      const one = client.takeOutput();
      client.write(utf8Bytes("two"));
      const two = client.takeOutput();
      const wrong = drop ? [two] : [one, one];
      expect(ends(server, ...wrong).reason).toBe("bad_record_mac");
    }
  });

  it("records in the clear after encryption began", () => {
    expect(ends(connected().server, fromHex("1603030001ff")).reason).toBe(
      "unencrypted_record",
    );
    expect(ends(connected().server, fromHex("15030300020228")).reason).toBe(
      "unencrypted_record",
    );
  });

  it("an alert in the clear from a client that could not read our flight", () => {
    const { client, server } = newPair();
    server.receive(client.takeOutput());
    expect(ends(server, fromHex("15030300020230"))).toEqual({
      reason: "peer_alert",
      alert: "unknown_ca",
    });
  });

  // [9846-5.1-03]
  it("handshake bytes interrupted by another record", () => {
    const engine = freshServer();
    const hello = TlsEngine.client(testClientConfig()).takeOutput();
    const part = concat(fromHex("1603030004"), hello.subarray(5, 9));
    expect(ends(engine, part, fromHex("15030300020100")).reason).toBe(
      "interleaved_handshake",
    );
  });

  it("a message that promises too much", () => {
    expect(ends(freshServer(), fromHex("160303000401ffffff")).reason).toBe(
      "message_too_long",
    );
  });

  it("a hello cut into records of a byte each", () => {
    const pair = newPair();
    const hello = pair.client.takeOutput();
    for (const byte of hello.subarray(5))
      pair.server.receive(Uint8Array.of(22, 3, 3, 0, 1, byte));
    shuttle(pair);
    expect(pair.server.error).toBeUndefined();
    expect(pair.server.state).toBe("CONNECTED");
  });
});

describe("sizes", () => {
  // [9846-5.1-15]
  it("100,000 bytes are seven records", () => {
    const { client, server } = connected();
    const data = new Uint8Array(100_000).map((_, i) => i);
    client.write(data);
    const sealed = client.takeOutput();
    expect(sealed).toHaveLength(100_154);
    server.receive(sealed);
    expect(received(server)).toEqual(data);
  });

  it("writing nothing sends nothing", () => {
    const { client } = connected();
    client.write(new Uint8Array());
    expect(client.hasOutput).toBe(false);
  });

  it("a record size limit holds in both directions", () => {
    const { client, server } = connected(
      testClientConfig({ recordSizeLimit: 100 }),
      testServerConfig({ recordSizeLimit: 64 }),
    );
    for (const [from, to, limit] of [
      [client, server, 64],
      [server, client, 100],
    ] as const) {
      from.write(new Uint8Array(1000));
      const sealed = from.takeOutput();
      for (let at = 0; at < sealed.length;) {
        const length = ((sealed[at + 3] ?? 0) << 8) | (sealed[at + 4] ?? 0);
        expect(length).toBeLessThanOrEqual(limit + 16);
        at += 5 + length;
      }
      to.receive(sealed);
      expect(received(to)).toHaveLength(1000);
    }
  });

  it("and for the server's flight, from its first sealed record on", () => {
    const pair = shuttle(
      newPair(testClientConfig({ recordSizeLimit: 64 }), testServerConfig()),
    );
    expect(pair.client.state).toBe("CONNECTED");
    const { server } = pair.sent;
    const lengths: number[] = [];
    for (let at = 0; at < server.length;) {
      const length = ((server[at + 3] ?? 0) << 8) | (server[at + 4] ?? 0);
      if (server[at] === 23) lengths.push(length);
      at += 5 + length;
    }
    expect(lengths.length).toBeGreaterThan(5);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(64 + 16);
  });

  // [9846-5.2-01] [9846-5.4-02]
  it("padding hides the length", () => {
    const { client, server } = connected(
      testClientConfig({ padding: () => 16_384 }),
    );
    const sizes = [1, 1000].map((length) => {
      client.write(new Uint8Array(length));
      const sealed = client.takeOutput();
      server.receive(sealed);
      expect(received(server)).toHaveLength(length);
      return sealed.length;
    });
    expect(sizes).toEqual([5 + 16_385 + 16, 5 + 16_385 + 16]);
  });
});

describe("closing", () => {
  // [5246-7.2.1-01] [9846-6-01]
  it("is half-closing: the other direction goes on", () => {
    const pair = connected();
    const { client, server } = pair;
    client.close();
    shuttle(pair);
    expect(events(server)).toEqual([{ type: "peer_closed" }]);
    expect(() => client.write(Uint8Array.of(1))).toThrow(/close_notify/);
    server.write(utf8Bytes("still here"));
    shuttle(pair);
    expect(received(client)).toEqual(utf8Bytes("still here"));
    server.close();
    shuttle(pair);
    expect(events(client)).toEqual([{ type: "peer_closed" }]);
    client.receiveEof();
    expect(client.error).toBeUndefined();
  });

  // [9846-6.1-08]
  it("an end without close_notify is a truncation", () => {
    const { client } = connected();
    client.receiveEof();
    expect(client.error).toMatchObject({
      reason: "truncated",
      alert: undefined,
    });
    const early = freshClient();
    early.receiveEof();
    expect(early.error?.reason).toBe("truncated");
  });

  // [9846-6.1-01]
  it("what follows a close_notify is handed back", () => {
    const { client, server } = connected();
    client.close();
    server.receive(concat(client.takeOutput(), utf8Bytes("plain")));
    expect(events(server)).toEqual([{ type: "peer_closed" }]);
    server.receive(utf8Bytes(" text"));
    expect(server.takeTrailing()).toEqual(utf8Bytes("plain text"));
    expect(server.takeTrailing()).toHaveLength(0);
  });

  // [9846-5.1-09a] [9846-6.1-02] [9846-6.1-03]
  it("before the handshake is done it is called off", () => {
    const pair = newPair();
    pair.server.receive(pair.client.takeOutput());
    pair.client.close();
    expect(pair.client.takeOutput()).toEqual(
      fromHex("1503030002015a15030300020100"),
    );
    pair.client.receive(pair.server.takeOutput());
    expect(events(pair.client)).toEqual([]);
    expect(pair.client.hasOutput).toBe(false);
    expect(pair.client.state).toBe("WAIT_SH");
  });

  it("a close_notify in the middle of a handshake ends it, and is answered", () => {
    const bye = fromHex("15030300020100");
    const midway = newPair();
    midway.server.receive(midway.client.takeOutput());
    midway.server.takeOutput();
    for (const [engine, answer] of [
      [freshServer(), bye],
      [freshClient(), bye],
      // Sealed: the type, two bytes and the tag.
      [midway.server, fromHex("1703030013")],
    ] as const) {
      expect(ends(engine, bye)).toEqual({
        reason: "peer_alert",
        alert: "close_notify",
      });
      const output = engine.takeOutput();
      expect(output.subarray(0, answer.length)).toEqual(answer);
      expect(output).toHaveLength(answer === bye ? 7 : 5 + 3 + 16);
      engine.receive(bye);
      expect(engine.hasOutput).toBe(false);
    }
  });

  // [9846-6.2-02]
  it("no alert but close_notify is answered", () => {
    const server = freshServer();
    server.receive(fromHex("15030300020228"));
    expect(server.hasOutput).toBe(false);
  });

  // [9846-6.1-04]
  it("user_canceled may come, but not for ever", () => {
    const cancel = fromHex("1503030002015a");
    const few = [cancel, cancel, cancel, cancel];
    expect(ends(freshServer(), ...few).reason).toBeUndefined();
    expect(ends(freshServer(), ...few, cancel).reason).toBe(
      "too_many_warning_alerts",
    );
  });

  it("an alert that ends nothing is an event", () => {
    const told = (engine: TlsEngine) =>
      events(engine).flatMap((event) =>
        event.type === "warning_alert" ? [event.alert] : [],
      );
    const server = freshServer();
    server.receive(fromHex("1503030002015a"));
    expect(server.error).toBeUndefined();
    expect(told(server)).toEqual(["user_canceled"]);
    // A client of TLS 1.2 that waits for a ServerHello, RFC 6066 3.
    const { client } = newPair(testClientConfig({ versions: ["TLSv1.2"] }));
    for (const alert of ["0170", "0164", "01fa"])
      client.receive(fromHex(`1503030002${alert}`));
    expect(client.error).toBeUndefined();
    expect(told(client)).toEqual([
      "unrecognized_name",
      "no_renegotiation",
      250,
    ]);
  });

  // [9846-6-05]
  it("an unknown alert is an error alert", () => {
    expect(ends(freshServer(), fromHex("150303000201fa"))).toEqual({
      reason: "peer_alert",
      alert: 0xfa,
    });
  });
});

describe("work that a peer can cause", () => {
  it("grows no faster than what it sends", () => {
    // Each of these is quadratic, or throws, when done carelessly.
    const { client, server } = connected(
      testClientConfig(),
      testServerConfig({ recordSizeLimit: 64 }),
    );
    client.write(new Uint8Array(8 << 20));
    expect(client.takeOutput().length).toBeGreaterThan(8 << 20);
    client.close();
    server.receive(client.takeOutput());
    const waiting = newPair(testClientConfig({ verifier: RAISE_NEED }));
    shuttle(waiting);
    for (let i = 0; i < 100_000; i++) waiting.client.receive(Uint8Array.of(23));
    expect(waiting.client.error).toBeUndefined();
    expect(waiting.client.need?.type).toBe("verify");
  });

  it("after a close_notify ends at a limit", () => {
    const { client, server } = connected();
    client.close();
    server.receive(client.takeOutput());
    for (let i = 0; i < 100; i++) server.receive(new Uint8Array(16_384));
    const kept = server.takeTrailing().length;
    expect(kept).toBeGreaterThan(256 * 1024);
    expect(kept).toBeLessThan(300 * 1024);
  });
});
