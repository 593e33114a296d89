/**
 * Choices that the RFCs leave open, in which puretls does as BoringSSL's runner
 * wants.
 */
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { splitHello } from "../../../src/ech/inner-hello.ts";
import {
  type ClientOptions,
  type ServerOptions,
  TicketKeys,
} from "../../../src/engine/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  events,
  newPair,
  shuttle,
  testClientConfig,
  testServerConfig,
} from "../../support/engines.ts";
import {
  asSent,
  type Edit,
  message,
  runMachines,
} from "../../support/machines.ts";
import { firstSession } from "../../support/sessions.ts";

const tickets = new TicketKeys({ provider: noble });

function failureOf(
  edit: Edit,
  client: Partial<ClientOptions> = {},
  server: Partial<ServerOptions> = {},
) {
  const { failed } = runMachines(
    testClientConfig(client),
    testServerConfig(server),
    edit,
  );
  return [failed?.side, failed?.error.reason, failed?.error.alert];
}

// [9846-4.5.1.2-12b]
it("what is no certificate at all is a bad_certificate", () => {
  for (const versions of [["TLSv1.2"], ["TLSv1.3"]] as const)
    expect(
      failureOf(
        (name, raw) => {
          // SEQUENCE, and the one in it.
          const at = raw.findIndex((byte, i) => byte === 0x30 && i > 6);
          if (name === "certificate") raw[at] = 0x31;
          return [raw];
        },
        { versions },
      ),
    ).toEqual(["client", "undecodable_certificate", "bad_certificate"]);
});

describe("the same extension twice", () => {
  const twice = (name: "hello_retry_request" | "server_hello") => ({
    shapes: {
      [name]: {
        verbatim: [
          { type: 0xfff0, body: new Uint8Array(0) },
          { type: 0xfff0, body: new Uint8Array(0) },
        ],
      },
    },
  });

  // [5246-7.4.1.4-04] [9846-6-07b]
  it("in a ServerHello is a decode_error", () => {
    expect(failureOf(asSent, {}, twice("server_hello"))).toEqual([
      "client",
      "duplicate_extension",
      "decode_error",
    ]);
  });

  it("in a HelloRetryRequest an illegal_parameter", () => {
    const server = {
      ...twice("hello_retry_request"),
      groups: ["secp384r1"],
    } as const;
    expect(failureOf(asSent, {}, server)).toEqual([
      "client",
      "repeated_extension",
      "illegal_parameter",
    ]);
  });
});

it("a PSK that the suite goes with stays in the second ClientHello", () => {
  const session = firstSession({ server: { ticketKeys: tickets } });
  let hellos = 0;
  const failure = failureOf(
    (name, raw) =>
      name === "client_hello" && ++hellos === 2
        ? [message("client_hello", withoutLastExtension(raw.subarray(4)))]
        : [raw],
    { session },
    { ticketKeys: tickets, groups: ["secp384r1"] },
  );
  expect(hellos).toBe(2);
  expect(failure).toEqual(["server", "missing_extension", "missing_extension"]);
});

/** Of the body of a ClientHello: without its pre_shared_key. */
function withoutLastExtension(body: Uint8Array): Uint8Array {
  const { extensions } = splitHello(body);
  const last = extensions.at(-1);
  expect(last?.type).toBe(ExtensionType.pre_shared_key);
  const sizeOf = (list: typeof extensions): number =>
    list.reduce((sum, one) => sum + 4 + one.body.length, 0);
  const rest = sizeOf(extensions.slice(0, -1));
  const start = body.length - sizeOf(extensions);
  return concat(
    body.subarray(0, start - 2),
    Uint8Array.of(rest >> 8, rest & 0xff),
    body.subarray(start, start + rest),
  );
}

describe("a session of TLS 1.2", () => {
  const CBC = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA";
  const GCM = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  const versions = ["TLSv1.2"] as const;

  it("does not keep alive a suite that the two would not choose today", () => {
    const first = shuttle(
      newPair(
        testClientConfig({ versions, cipherSuites: [CBC] }),
        testServerConfig({ ticketKeys: tickets, cipherSuites: [GCM, CBC] }),
      ),
    );
    const session = events(first.client).find(
      (event) => event.type === "session",
    )?.session;
    if (session === undefined) throw new Error("no session");
    for (const [cipherSuites, chosen] of [
      [[CBC], CBC],
      [[CBC, GCM], GCM],
    ] as const) {
      const { client } = shuttle(
        newPair(
          testClientConfig({ versions, cipherSuites, session }),
          testServerConfig({ ticketKeys: tickets, cipherSuites: [GCM, CBC] }),
        ),
      );
      expect(client.error).toBeUndefined();
      expect(client.info?.cipherSuite.name).toBe(chosen);
      expect(client.info?.resumed).toBe(chosen === CBC);
    }
  });
});

describe("GREASE of a server, RFC 8701 4.1", () => {
  /**
   * Tells whether a hello has an extension of a type that RFC 8701 2 reserves.
   */
  const hasReserved = (raw: Uint8Array): boolean =>
    raw.some(
      (byte, i) =>
        (byte & 0x0f) === 0x0a &&
        raw[i + 1] === byte &&
        raw[i + 2] === 0 &&
        raw[i + 3] === 0,
    );

  // [9846-4.4.2-07] [9846-4.7.1-16] [9846-9.3-06]
  it.each([true, false])("%s: in what it asks for and in tickets", (grease) => {
    const found = new Map<string, boolean>();
    const { failed } = runMachines(
      testClientConfig({ grease: false }),
      testServerConfig({
        ticketKeys: tickets,
        grease,
        clientAuthentication: "optional",
      }),
      (name, raw) => {
        if (name === "certificate_request" || name === "new_session_ticket")
          found.set(name, hasReserved(raw));
        return [raw];
      },
    );
    expect(failed).toBeUndefined();
    expect([...found]).toEqual([
      ["certificate_request", grease],
      ["new_session_ticket", grease],
    ]);
  });
});
