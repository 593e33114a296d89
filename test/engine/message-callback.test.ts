/** The engine's own message callback, beside what the oracle compares. */
import { describe, expect, it } from "vitest";
import type { ProtocolMessage } from "../../src/engine/index.ts";
import {
  BioPair,
  clientContext,
  serverContext,
  thrown,
} from "../ssl/support.ts";
import { SSLError } from "../../src/index.ts";

const HEADER = 256;
const HANDSHAKE = 22;

describe("messageCallback", () => {
  it("hands out copies, each message whole, and no application data", () => {
    const seen: ProtocolMessage[] = [];
    const client = clientContext({
      messageCallback: (_by, message) => seen.push(message) && undefined,
    });
    const pair = new BioPair(client, serverContext());
    pair.handshake();
    const before = seen.length;
    pair.client.write(Uint8Array.of(1, 2, 3));
    const told = seen.slice(before).map(({ contentType }) => contentType);
    expect(told).toEqual([HEADER, 257]);
    for (const { contentType, bytes, messageType } of seen)
      if (contentType === HANDSHAKE) {
        const [type, high = 0, middle = 0, low = 0] = bytes;
        expect(type).toBe(messageType);
        expect(bytes.length).toBe(4 + ((high << 16) | (middle << 8) | low));
        bytes.fill(0);
      }
    pair.exchange();
    expect(pair.server.read()).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("of a connection stands in place of its context's, and can come late", () => {
    const context: number[] = [];
    const own: number[] = [];
    const client = clientContext({
      messageCallback: (_by, { messageType }) => context.push(messageType),
    });
    const pair = new BioPair(client, serverContext());
    pair.client.messageCallback = (by, { messageType }) => {
      expect(by).toBe(pair.client);
      own.push(messageType);
    };
    pair.handshake();
    expect(context).toEqual([]);
    expect(own).toContain(20);
    const late: number[] = [];
    pair.server.messageCallback = (_by, { contentType }) => {
      late.push(contentType);
    };
    pair.server.write(Uint8Array.of(1));
    expect(late).toEqual([HEADER, 257]);
    expect(
      thrown(() => Reflect.set(pair.server, "messageCallback", 7)),
    ).toBeInstanceOf(TypeError);
  });

  it("that throws ends the connection, and is not called again", () => {
    const error = new Error("mine");
    let calls = 0;
    const client = clientContext({
      messageCallback: () => {
        calls++;
        throw error;
      },
    });
    const pair = new BioPair(client, serverContext());
    const failure = thrown(() => pair.handshake());
    expect(failure).toBeInstanceOf(SSLError);
    expect(failure).toMatchObject({ reason: "CALLBACK_FAILED", cause: error });
    expect(calls).toBe(1);
  });
});
