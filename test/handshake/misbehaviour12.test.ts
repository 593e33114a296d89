/**
 * TLS 1.2 off the path: each message of each flow is dropped, repeated, cut,
 * lengthened, or has another one before it. No handshake may succeed, and the
 * side that notices sends the right alert.
 */
import { describe, expect, it } from "vitest";
import { concat, utf8Bytes } from "../../src/bytes.ts";
import type {
  ClientOptions,
  ServerOptions,
  Session,
} from "../../src/engine/index.ts";
import { type Reason, TlsError } from "../../src/errors.ts";
import * as REASONS from "../../src/reasons.ts";
import {
  HandshakeType,
  type HandshakeTypeName,
} from "../../src/wire/code-points.ts";
import {
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../support/engines.ts";
import {
  asSent,
  CHANGE_CIPHER_SPEC,
  type Edit,
  message,
  type Outcome,
  runMachines,
} from "../support/machines.ts";
import {
  connect12,
  serverMemory,
  sessionOf,
  sidesOf,
  TEST_PSK,
} from "../support/tls12.ts";

interface Flow {
  readonly client: Partial<ClientOptions>;
  readonly server: Partial<ServerOptions>;
}

const common = {
  versions: ["TLSv1.2"],
  groups: ["x25519", "secp256r1"],
} as const;
const psk = () => TEST_PSK;

function resumable(): Flow {
  const one = {
    suite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    clientAuth: false,
    extendedMainSecret: true,
    encryptThenMac: true,
    resumption: "ticket",
  } as const;
  const sides = sidesOf(one);
  const server = { ...sides.server, ...serverMemory("ticket") };
  const session: Session | undefined = sessionOf(
    connect12({ ...sides, server }),
  );
  if (session === undefined) throw new Error("no session came");
  return { client: { ...sides.client, session }, server };
}

const cipherSuites = {
  ecdhePsk: ["TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"],
  psk: ["TLS_PSK_WITH_AES_128_GCM_SHA256"],
} as const;
const ECDHE: Flow = { client: common, server: common };

const FLOWS: Readonly<Record<string, Flow>> = {
  ECDHE,
  "ECDHE, a client certificate and a ticket": {
    client: { ...common, credentials: [testCredential("ec-p256", "client")] },
    server: {
      ...common,
      ...serverMemory("ticket"),
      clientAuthentication: "required",
    },
  },
  ECDHE_PSK: {
    client: { ...common, psk, cipherSuites: cipherSuites.ecdhePsk },
    server: { ...common, psk, cipherSuites: cipherSuites.ecdhePsk },
  },
  "a PSK with a hint": {
    client: { ...common, psk, cipherSuites: cipherSuites.psk },
    server: {
      ...common,
      psk,
      pskIdentityHint: utf8Bytes("hint"),
      cipherSuites: cipherSuites.psk,
    },
  },
  "a session that goes on": resumable(),
};

function run({ client, server }: Flow, edit: Edit = asSent): Outcome {
  return runMachines(testClientConfig(client), testServerConfig(server), edit);
}

/** Applies a change to the n-th thing that was sent. */
function at(index: number, change: (raw: Uint8Array) => Uint8Array[]): Edit {
  let count = 0;
  return (_name, raw) => (count++ === index ? change(raw) : [raw]);
}

/** The first message with the type of the second. */
function retyped(made: Uint8Array, like: Uint8Array): Uint8Array {
  made.set(like.subarray(0, 1));
  return made;
}

function isDone({ client, server }: Outcome): boolean {
  return client.at === "CONNECTED" && server.at === "CONNECTED";
}

function expectReason(
  { failed }: Outcome,
  ...reasons: readonly Reason[]
): void {
  expect(failed?.error).toBeInstanceOf(TlsError);
  expect(reasons).toContain(failed?.error.reason);
  const row = failed && REASONS[failed.error.reason];
  expect(failed?.error.alert).toBe(row?.alert ?? undefined);
}

for (const [name, flow] of Object.entries(FLOWS))
  describe(name, () => {
    const honest = run(flow);

    // [5246-7.4.1.2-03]
    it("ends well when nothing is changed", () => {
      expect(honest.failed).toBeUndefined();
      expect(isDone(honest)).toBe(true);
      expect(honest.sent).toMatchSnapshot();
    });

    honest.sent.forEach((sent, index) => {
      // RFC 4279 2: a ServerKeyExchange with nothing but a hint may be missing;
      // then the two saw different handshakes.
      const noticed: Reason[] = ["unexpected_message", "finished_mismatch"];
      // [5246-7.3-02] [5246-7.3-04] [5246-7.4.2-01]
      it(`without the ${sent} (${index})`, () => {
        const outcome = run(
          flow,
          at(index, () => []),
        );
        expect(isDone(outcome)).toBe(false);
        // The last one of a flight leaves its receiver waiting.
        if (outcome.failed) expectReason(outcome, ...noticed);
      });

      it(`with the ${sent} (${index}) twice`, () => {
        const outcome = run(
          flow,
          at(index, (raw) => [raw, raw]),
        );
        expectReason(
          outcome,
          "unexpected_message",
          "unexpected_change_cipher_spec",
        );
      });

      if (sent === "change_cipher_spec") return;

      // [5246-7.4.1.2-10] [9846-4.2.2-18] [9846-4.2.2-19]
      it(`with the ${sent} (${index}) cut by a byte or a byte too long`, () => {
        const withBody = (change: (body: Uint8Array) => Uint8Array) =>
          run(
            flow,
            at(index, (raw) => {
              const body = change(raw.subarray(4));
              return [retyped(message("finished", body), raw)];
            }),
          );
        const outcomes = [
          withBody((body) => concat(body, Uint8Array.of(0))),
          ...(sent === "server_hello_done"
            ? []
            : [withBody((body) => body.subarray(0, -1))]),
        ];
        for (const outcome of outcomes) {
          expect(isDone(outcome)).toBe(false);
          expectReason(outcome, "malformed_message");
        }
      });

      // [5246-7.4-01] [5246-7.4.7-02]
      it(`with any other message before the ${sent} (${index})`, () => {
        for (const other of Object.keys(HandshakeType)) {
          const type = other as HandshakeTypeName;
          // RFC 5246 7.4.1.1: a client that is negotiating passes it over.
          if (type === "hello_request") continue;
          // The same again is a test of its own.
          if (type === sent) continue;
          const outcome = run(
            flow,
            at(index, (raw) => [message(type, ""), raw]),
          );
          expect(isDone(outcome), type).toBe(false);
          expectReason(outcome, "unexpected_message", "malformed_message");
        }
      });

      it(`with a change_cipher_spec before the ${sent} (${index})`, () => {
        const outcome = run(
          flow,
          at(index, (raw) => [CHANGE_CIPHER_SPEC, raw]),
        );
        // Before the version is known it may be TLS 1.3's dummy.
        if (sent === "server_hello") expect(isDone(outcome)).toBe(true);
        else
          expectReason(
            outcome,
            "unexpected_message",
            "unexpected_change_cipher_spec",
          );
      });
    });
  });

describe("a HelloRequest", () => {
  // [5246-7.4.1.1-05]
  it("is passed over while the handshake is under way", () => {
    const outcome = run(ECDHE, (name, raw, from) =>
      from === "server" && name !== "server_hello" && raw !== CHANGE_CIPHER_SPEC
        ? [message("hello_request", ""), raw]
        : [raw],
    );
    expect(outcome.failed).toBeUndefined();
    expect(isDone(outcome)).toBe(true);
  });
});
