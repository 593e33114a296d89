/** New tickets of TLS 1.2 on resumption, RFC 5077 3.3. */
import { expect, it } from "vitest";
import { utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  type ServerOptions,
  type Session,
  TicketKeys,
} from "../../../src/engine/index.ts";
import { connect, sessionsAfter } from "../../support/sessions.ts";

const HOUR = 3_600_000;

/** Connections of TLS 1.2, each at its time, by the newest ticket. */
function visits(
  sessionLifetimeSeconds: number,
  more: {
    readonly client?: Partial<ClientOptions>;
    readonly server?: Partial<ServerOptions>;
  } = {},
) {
  const start = Date.now();
  let now = start;
  const provider = { ...noble, now: () => now };
  const ticketKeys = new TicketKeys({ provider });
  const versions = ["TLSv1.2"] as const;
  let session: Session | undefined;
  return (at: number) => {
    now = start + at;
    const pair = connect({
      client: {
        provider,
        versions,
        ...more.client,
        ...(session && { session }),
      },
      server: {
        ...{ provider, versions, ticketKeys, sessionLifetimeSeconds },
        ...more.server,
      },
    });
    expect(pair.client.error ?? pair.server.error).toBeUndefined();
    const [renewed] = sessionsAfter(pair);
    session = renewed ?? session;
    return [pair.server.info?.resumed, renewed !== undefined];
  };
}

it("a ticket is renewed once half of its lifetime is over", () => {
  const visit = visits(7200);
  expect(visit(0)).toEqual([false, true]);
  expect(visit(HOUR - 1)).toEqual([true, false]);
  expect(visit(HOUR)).toEqual([true, true]);
  expect(visit(2 * HOUR - 2000)).toEqual([true, true]);
});

it("but its session ends when it would have ended", () => {
  const visit = visits(7200);
  expect(visit(0)).toEqual([false, true]);
  expect(visit(1.9 * HOUR)).toEqual([true, true]);
  expect(visit(2 * HOUR + 1)).toEqual([false, true]);
});

it("under a pre-shared key it is not renewed", () => {
  const identity = utf8Bytes("device");
  const key = new Uint8Array(32).fill(7);
  const cipherSuites = ["TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"] as const;
  const visit = visits(7200, {
    client: { cipherSuites, psk: () => ({ identity, key }) },
    server: { cipherSuites, psk: () => ({ identity, key }) },
  });
  expect(visit(0)).toEqual([false, true]);
  expect(visit(1.5 * HOUR)).toEqual([true, false]);
});
