/**
 * The trace of RFC 8448 section 3, reproduced by the engine: each side gets the
 * RFC's private values as its random bytes and has to write the RFC's records.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, Secret, toHex } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import type { PrivateKey } from "../../../src/crypto/provider.ts";
import {
  createClientConfig,
  createCredential,
  type RawExtension,
  createServerConfig,
  TlsEngine,
} from "../../../src/engine/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import { createVerifier, TrustStore } from "../../../src/x509/index.ts";
import { scriptedRandom } from "../../crypto/scripted-random.ts";
import { events } from "../../support/engines.ts";

/** The values that are compared, in hexadecimal. */
type Value =
  | "certificate"
  | "certificateVerifySalt"
  | "clientApplicationTrafficSecret0"
  | "clientFinishedRecord"
  | "clientHandshakeTrafficSecret"
  | "clientHello"
  | "clientHelloRecord"
  | "clientPrivateKey"
  | "exporterMasterSecret"
  | "serverApplicationTrafficSecret0"
  | "serverFlightRecord"
  | "serverHandshakeTrafficSecret"
  | "serverHello"
  | "serverHelloRecord"
  | "serverPrivateKey";

type KeyValue =
  | "modulus"
  | "publicExponent"
  | "privateExponent"
  | "prime1"
  | "prime2"
  | "exponent1"
  | "exponent2"
  | "coefficient";

interface Rfc8448 {
  readonly simple1RTT: Readonly<Record<Value, string>> & {
    readonly serverKey: Readonly<Record<KeyValue, string>>;
  };
}

const vectorsUrl = new URL("../../../vectors/rfc8448.json", import.meta.url);
const { simple1RTT: trace } = JSON.parse(
  readFileSync(vectorsUrl, "utf8"),
) as Rfc8448;

const hex = (value: string): Uint8Array => fromHex(value);
const secret = (value: string): Secret => new Secret(hex(value));

/** Extensions that RFC 8448 offers and puretls by default would not. */
const groups: RawExtension = {
  type: ExtensionType.supported_groups,
  body: hex("0012001d00170018001901000101010201030104"),
};
const clientShape = {
  verbatim: [
    { type: ExtensionType.renegotiation_info, body: hex("00") },
    groups,
    { type: ExtensionType.session_ticket, body: hex("") },
    {
      type: ExtensionType.signature_algorithms,
      body: hex(
        "001e040305030603020308040805080604010501060102010402050206020202",
      ),
    },
  ],
  order: [
    ExtensionType.server_name,
    ExtensionType.renegotiation_info,
    ExtensionType.supported_groups,
    ExtensionType.session_ticket,
    ExtensionType.key_share,
    ExtensionType.supported_versions,
    ExtensionType.signature_algorithms,
    ExtensionType.psk_key_exchange_modes,
    ExtensionType.record_size_limit,
  ],
};

const certificate = hex(trace.certificate).subarray(11, 11 + 0x1b0);

/** The RFC is of 2018, and so is its certificate. */
const now = (): number => Date.UTC(2018, 7, 1);

function client(log: string[]): TlsEngine {
  const clientRandom = hex(trace.clientHello).subarray(6, 38);
  const provider = {
    ...noble,
    now,
    random: scriptedRandom(clientRandom, hex(trace.clientPrivateKey)),
  };
  const config = createClientConfig({
    provider,
    cipherSuites: [
      "TLS_AES_128_GCM_SHA256",
      "TLS_CHACHA20_POLY1305_SHA256",
      "TLS_AES_256_GCM_SHA384",
    ],
    groups: ["x25519", "secp256r1", "secp384r1", "secp521r1"],
    grease: false,
    compatibilityMode: false,
    recordSizeLimit: 0x4001,
    shapes: { client_hello: clientShape },
    keyLog: (line) => log.push(line),
    verifier: createVerifier({
      provider,
      trustStore: TrustStore.of(certificate),
      checkHostname: false,
      minimumRsaBits: 1024,
    }),
  });
  return TlsEngine.client(config, "server");
}

function server(log: string[]): TlsEngine {
  const serverRandom = hex(trace.serverHello).subarray(6, 38);
  const provider = {
    ...noble,
    now,
    random: scriptedRandom(
      serverRandom,
      hex(trace.serverPrivateKey),
      hex(trace.certificateVerifySalt),
      // Blinding, which leaves no trace in the signature.
      new Uint8Array(152).fill(0x5a),
    ),
  };
  const config = createServerConfig({
    provider,
    credentials: [
      createCredential({
        provider,
        chain: [certificate],
        // A key of 1024 bits.
        securityLevel: 0,
        key: { algorithm: "rsaEncryption", key: rsaKey() },
      }),
    ],
    cipherSuites: ["TLS_AES_128_GCM_SHA256"],
    groups: ["x25519"],
    compatibilityMode: false,
    signatureSchemes: ["rsa_pss_rsae_sha256"],
    recordSizeLimit: 0x4001,
    shapes: {
      encrypted_extensions: {
        verbatim: [groups],
        order: [
          ExtensionType.supported_groups,
          ExtensionType.record_size_limit,
          ExtensionType.server_name,
        ],
      },
    },
    keyLog: (line) => log.push(line),
  });
  return TlsEngine.server(config);
}

function rsaKey(): PrivateKey {
  const key = trace.serverKey;
  return {
    type: "rsa",
    modulus: hex(key.modulus),
    exponent: hex(key.publicExponent),
    privateExponent: secret(key.privateExponent),
    prime1: secret(key.prime1),
    prime2: secret(key.prime2),
    exponent1: secret(key.exponent1),
    exponent2: secret(key.exponent2),
    coefficient: secret(key.coefficient),
  };
}

const secrets = {
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: trace.clientHandshakeTrafficSecret,
  SERVER_HANDSHAKE_TRAFFIC_SECRET: trace.serverHandshakeTrafficSecret,
  CLIENT_TRAFFIC_SECRET_0: trace.clientApplicationTrafficSecret0,
  SERVER_TRAFFIC_SECRET_0: trace.serverApplicationTrafficSecret0,
  EXPORTER_SECRET: trace.exporterMasterSecret,
};

function logged(log: readonly string[]): Record<string, string> {
  const lines = log.map((line) => line.split(" "));
  return Object.fromEntries(
    lines.map(([label = "", , value = ""]) => [label, value]),
  );
}

describe("RFC 8448 section 3", () => {
  // [9846-4.2.2-01] [9846-4.2.2-06] [9846-4.2.2-14] [9846-4.5.3-03]
  // [9846-5.3-01] [9846-9.1-01]
  it("the client writes its records and derives its secrets", () => {
    const log: string[] = [];
    const engine = client(log);
    expect(toHex(engine.takeOutput())).toBe(trace.clientHelloRecord);
    engine.receive(hex(trace.serverHelloRecord));
    expect(toHex(engine.takeOutput())).toBe("");
    engine.receive(hex(trace.serverFlightRecord));
    expect(engine.error).toBeUndefined();
    expect(toHex(engine.takeOutput())).toBe(trace.clientFinishedRecord);
    expect(events(engine).map(({ type }) => type)).toEqual(["handshake_done"]);
    expect(logged(log)).toEqual(secrets);
  });

  // [9846-4.2.3-01a] [9846-4.2.3-06] [9846-4.3.1-09] [9846-4.3.1-10]
  // [9846-4.5.3-03] [9846-5.1-05] [9846-5.1-07] [9846-5.3-01] [9846-9.1-02]
  it("the server writes its records and derives its secrets", () => {
    const log: string[] = [];
    const engine = server(log);
    engine.receive(hex(trace.clientHelloRecord));
    expect(engine.error).toBeUndefined();
    expect(toHex(engine.takeOutput())).toBe(
      trace.serverHelloRecord + trace.serverFlightRecord,
    );
    engine.receive(hex(trace.clientFinishedRecord));
    expect(engine.error).toBeUndefined();
    expect(events(engine).map(({ type }) => type)).toEqual(["handshake_done"]);
    expect(logged(log)).toEqual(secrets);
  });
});
