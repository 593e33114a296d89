/**
 * Every extension in every message: bodies that are cut off or too long, places
 * where it does not belong, answers that were not requested; and the RFC's
 * alert.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../src/bytes.ts";
import type {
  ClientOptions,
  ServerOptions,
  TlsEngine,
} from "../../../src/engine/index.ts";
import type { AlertName } from "../../../src/errors.ts";
import type { Carrier } from "../../../src/handshake/extensions/spec.ts";
import { EVERY_EXTENSION } from "../../../src/handshake/features/every-feature.ts";
import {
  ExtensionType,
  type ExtensionTypeName,
} from "../../../src/wire/code-points.ts";
import {
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";

interface Options {
  readonly client?: Partial<ClientOptions>;
  readonly server?: Partial<ServerOptions>;
}

/**
 * Options that cause each message to be sent, and the side that has to reject
 * it.
 */
const MESSAGES: Readonly<
  Record<Carrier, Options & { readonly judge: "client" | "server" }>
> = {
  client_hello: { judge: "server" },
  server_hello: { judge: "client", server: { versions: ["TLSv1.3"] } },
  server_hello12: { judge: "client", server: { versions: ["TLSv1.2"] } },
  hello_retry_request: {
    judge: "client",
    client: { groups: ["x25519", "secp256r1"], keyShares: ["x25519"] },
    server: { groups: ["secp256r1"] },
  },
  encrypted_extensions: { judge: "client" },
  certificate_request: {
    judge: "client",
    server: { clientAuthentication: "optional" },
  },
  certificate: { judge: "client" },
  new_session_ticket: { judge: "client" },
};

/** The engine that was sent such an extension. */
function sent(
  carrier: Carrier,
  name: ExtensionTypeName,
  body: Uint8Array,
  more: Options = {},
): TlsEngine {
  const { judge, client, server } = MESSAGES[carrier];
  const shapes = {
    [carrier]: { verbatim: [{ type: ExtensionType[name], body }] },
  };
  const pair = newPair(
    testClientConfig({
      grease: false,
      ...client,
      ...more.client,
      ...(judge === "server" && { shapes }),
    }),
    testServerConfig({
      ...server,
      ...more.server,
      ...(judge === "client" && { shapes }),
    }),
  );
  return shuttle(pair)[judge];
}

const SHARE = `0024001d0020${"09".repeat(32)}`;

/** Valid bodies of each extension, in hexadecimal. */
const GOOD: Readonly<
  Partial<Record<Carrier, Partial<Record<ExtensionTypeName, string>>>>
> = {
  client_hello: {
    server_name: "0009000006612e74657374",
    max_fragment_length: "01",
    status_request: "0100000000",
    supported_groups: "0002001d",
    ec_point_formats: "0100",
    signature_algorithms: "00020403",
    application_layer_protocol_negotiation: "0003026832",
    signed_certificate_timestamp: "",
    client_certificate_type: "020200",
    server_certificate_type: "020200",
    encrypt_then_mac: "",
    extended_main_secret: "",
    compress_certificate: "020001",
    record_size_limit: "4001",
    delegated_credential: "00020403",
    early_data: "",
    supported_versions: "020304",
    cookie: "0001aa",
    psk_key_exchange_modes: "0101",
    certificate_authorities: "000400023000",
    post_handshake_auth: "",
    signature_algorithms_cert: "00020403",
    key_share: SHARE,
    renegotiation_info: "00",
  },
  server_hello: {
    supported_versions: "0304",
    key_share: SHARE.slice(4),
    pre_shared_key: "0000",
  },
  server_hello12: {
    server_name: "",
    supported_groups: "0002001d",
    max_fragment_length: "01",
    ec_point_formats: "0100",
    status_request: "",
    signed_certificate_timestamp: "00040002aabb",
    application_layer_protocol_negotiation: "0003026832",
    record_size_limit: "4000",
    encrypt_then_mac: "",
    extended_main_secret: "",
    session_ticket: "",
    renegotiation_info: "00",
  },
  hello_retry_request: {
    supported_versions: "0304",
    cookie: "0001aa",
    key_share: "0017",
  },
  encrypted_extensions: {
    server_name: "",
    server_certificate_type: "00",
    client_certificate_type: "00",
    max_fragment_length: "01",
    supported_groups: "0002001d",
    application_layer_protocol_negotiation: "0003026832",
    record_size_limit: "4001",
    early_data: "",
  },
  certificate_request: {
    status_request: "",
    signed_certificate_timestamp: "",
    compress_certificate: "020001",
    delegated_credential: "00020403",
    signature_algorithms: "00020403",
    certificate_authorities: "000400023000",
    signature_algorithms_cert: "00020403",
  },
  certificate: {
    status_request: "010000023000",
    signed_certificate_timestamp: "00040002aabb",
  },
};

const named = Object.keys as <K extends string>(
  o: Partial<Record<K, unknown>>,
) => K[];

describe.each(named(GOOD))("in %s", (carrier) => {
  const rows = Object.entries(GOOD[carrier] ?? {}) as [
    ExtensionTypeName,
    string,
  ][];

  it.each(rows)(
    // [9846-4.3-02]
    "%s with a byte more, or less, is a decode_error",
    (name, hex) => {
      const bodies = [fromHex(`${hex}00`)];
      if (hex !== "") bodies.push(fromHex(hex).subarray(0, -1));
      for (const body of bodies)
        expect(sent(carrier, name, body).error?.alert).toBe("decode_error");
    },
  );

  // With supported_versions it would be the ServerHello of TLS 1.3.
  const misplaced = EVERY_EXTENSION.rows
    .filter(
      ({ carriers, name }) =>
        carriers[carrier] === undefined &&
        !(carrier === "server_hello12" && name === "supported_versions"),
    )
    .map(({ name }) => name);

  // RFC 9846 4.3: "MUST abort the handshake with an "illegal_parameter" alert".
  const alert: AlertName =
    carrier === "server_hello12"
      ? "unsupported_extension"
      : "illegal_parameter";
  // [9846-4.3-07a] [9846-4.4.1-02]
  it.each(misplaced)(`%s does not belong there: ${alert}`, (name) => {
    const body = fromHex(GOOD.client_hello?.[name] ?? "");
    expect(sent(carrier, name, body).error?.alert).toBe(alert);
  });
});

/** RFC 9846 4.3: an answer to what was not offered. */
describe("unasked", () => {
  const ANSWERS = {
    encrypted_extensions: {
      server_certificate_type: "00",
      client_certificate_type: "00",
      max_fragment_length: "01",
      application_layer_protocol_negotiation: "0003026832",
      record_size_limit: "4001",
      early_data: "",
      encrypted_client_hello: "",
    },
    certificate: {
      status_request: "010000023000",
      signed_certificate_timestamp: "00040002aabb",
      delegated_credential: "00",
    },
    hello_retry_request: { encrypted_client_hello: "0000000000000000" },
    server_hello12: {
      max_fragment_length: "01",
      status_request: "",
      signed_certificate_timestamp: "00040002aabb",
      application_layer_protocol_negotiation: "0003026832",
      record_size_limit: "4000",
      encrypt_then_mac: "",
    },
  } as const;
  for (const carrier of named(ANSWERS))
    it.each(Object.entries(ANSWERS[carrier]) as [ExtensionTypeName, string][])(
      // [9846-4.3-06]
      `%s in ${carrier} is an unsupported_extension`,
      (name, hex) => {
        const judge = sent(carrier, name, fromHex(hex));
        expect(judge.error?.alert).toBe("unsupported_extension");
      },
    );

  it.each(Object.entries(ANSWERS.certificate) as [ExtensionTypeName, string][])(
    // [9846-4.5.1-07]
    "%s beside a client's certificate is one too",
    (name, hex) => {
      const body = fromHex(hex);
      const pair = newPair(
        testClientConfig({
          credentials: [testCredential("ec-p256", "client")],
          shapes: {
            certificate: { verbatim: [{ type: ExtensionType[name], body }] },
          },
        }),
        testServerConfig({ clientAuthentication: "required" }),
      );
      const { server } = shuttle(pair);
      expect(server.error?.alert).toBe("unsupported_extension");
    },
  );
});

describe("of any size", () => {
  const names = EVERY_EXTENSION.rows
    .filter(({ carriers }) => carriers.client_hello !== undefined)
    .map(({ name }) => name);

  it.each(names)("%s in a ClientHello never throws past the engine", (name) => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(
        new Uint8Array(60_000),
        new Uint8Array(60_000).fill(0xff),
      ),
    );
    fc.assert(
      fc.property(body, (bytes) => {
        const { error } = sent("client_hello", name, bytes);
        expect(error?.reason).not.toBe("internal_error");
      }),
      { numRuns: 12 },
    );
  });
});
