/** Raw public keys in both roles, RFC 7250 in TLS 1.3. */
import { RAISE_NEED } from "../../../src/promises.ts";
import { describe, expect, it } from "vitest";
import { concat } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  type ClientOptions,
  type Credential,
  createRawPublicKeyCredential,
  type ServerOptions,
  TlsUsageError,
} from "../../../src/engine/index.ts";
import type { PkiKey } from "../../../src/pki/index.ts";
import { ExtensionType } from "../../../src/wire/code-points.ts";
import {
  trustRawPublicKeys,
  verifiedByCaller,
  verifiedKeyByCaller,
} from "../../../src/x509/index.ts";
import {
  DELIVERIES,
  newPair,
  shuttle,
  testClientConfig,
  testCredential,
  testServerConfig,
} from "../../support/engines.ts";
import { message, runMachines } from "../../support/machines.ts";
import { KEY_KINDS, type KeyKind, testKey } from "../../support/pki.ts";

function raw(kind: KeyKind): Credential {
  const key: PkiKey = testKey(kind);
  return createRawPublicKeyCredential({
    provider: noble,
    publicKeyInfo: key.publicKeyInfo(),
    key: { algorithm: key.algorithm, key: key.privateKey },
  });
}

const known = (...kinds: KeyKind[]) =>
  trustRawPublicKeys(kinds.map((kind) => testKey(kind).publicKeyInfo()));

function connect(
  client: Partial<ClientOptions>,
  server: Partial<ServerOptions>,
  delivery: (typeof DELIVERIES)[number] = "whole",
) {
  return shuttle(
    newPair(testClientConfig(client), testServerConfig(server)),
    delivery,
  );
}

describe("a server's raw public key", () => {
  it.each(KEY_KINDS)("of kind %s", (kind) => {
    const { client, server } = connect(
      { rawPublicKeys: known(kind) },
      { credentials: [raw(kind)] },
    );
    expect(client.error ?? server.error).toBeUndefined();
    expect(client.info?.peer).toBeUndefined();
    expect(client.info?.peerRawPublicKey?.der).toEqual(
      testKey(kind).publicKeyInfo(),
    );
  });

  it("that is not trusted: certificate_unknown", () => {
    const { client } = connect(
      { rawPublicKeys: known("ed25519") },
      { credentials: [raw("ec-p256")] },
    );
    expect(client.error?.alert).toBe("certificate_unknown");
  });

  // [9846-4.5.1.2-01]
  it("is not presented to a client that accepts certificates only", () => {
    const credentials = [raw("ec-p256"), testCredential()];
    expect(connect({}, { credentials }).client.info?.peer?.verified).toBe(true);
    const { server } = connect({}, { credentials: [raw("ec-p256")] });
    expect(server.error?.alert).toBe("unsupported_certificate");
  });

  it("gives way to a certificate where the server has that alone", () => {
    const { client } = connect({ rawPublicKeys: known("ec-p256") }, {});
    expect(client.info?.peer?.verified).toBe(true);
  });

  it("is not accepted where its verifier throws", () => {
    const pair = newPair(
      testClientConfig({
        rawPublicKeys: {
          verify: () => {
            throw new Error("no");
          },
        },
      }),
      testServerConfig({ credentials: [raw("ec-p256")] }),
    );
    shuttle(pair);
    expect(pair.client.error?.reason).toBe("callback_failed");
  });
});

describe("a client's raw public key", () => {
  for (const delivery of DELIVERIES)
    it(`and the server's, bytes ${delivery}`, () => {
      const { client, server } = connect(
        { rawPublicKeys: known("ec-p256"), credentials: [raw("ed25519")] },
        {
          credentials: [raw("ec-p256")],
          rawPublicKeys: known("ed25519"),
          clientAuthentication: "required",
        },
        delivery,
      );
      expect(client.error ?? server.error).toBeUndefined();
      expect(server.info?.peerRawPublicKey?.algorithm).toBe("ed25519");
      expect(client.info?.peerRawPublicKey?.algorithm).toBe("ecPublicKey");
    });

  it("alone does not do where the server validates certificates", () => {
    const { server } = connect(
      { credentials: [raw("ed25519")] },
      { clientAuthentication: "required" },
    );
    expect(server.error?.alert).toBe("unsupported_certificate");
  });

  it("gives way to a certificate of the client's", () => {
    const credentials = [raw("ed25519"), testCredential("ec-p256", "client")];
    const { server } = connect(
      { credentials },
      { clientAuthentication: "required" },
    );
    expect(server.info?.peer?.verified).toBe(true);
  });
});

describe("what a peer may do wrong", () => {
  const run = (edit: (body: Uint8Array) => Uint8Array) =>
    runMachines(
      testClientConfig({ rawPublicKeys: known("ec-p256") }),
      testServerConfig({ credentials: [raw("ec-p256")] }),
      (name, bytes) =>
        name === "certificate"
          ? [message("certificate", edit(bytes.slice(4)))]
          : [bytes],
    ).failed?.error.alert;

  // [9846-4.5.1-13]
  it("two keys: illegal_parameter", () => {
    expect(
      run((body) => {
        const entry = body.subarray(4);
        const length = 2 * entry.length;
        return concat(Uint8Array.of(0, 0, length >> 8, length), entry, entry);
      }),
    ).toBe("illegal_parameter");
  });
  it("no key: decode_error", () => {
    expect(run(() => new Uint8Array(4))).toBe("decode_error");
  });
  it("a key that does not parse: decode_error", () => {
    expect(
      run((body) => {
        body[8] = 0x31;
        return body;
      }),
    ).toBe("decode_error");
  });

  const answer = (
    type: number,
    body: number,
    options: Partial<ClientOptions>,
  ) =>
    connect(options, {
      shapes: {
        encrypted_extensions: {
          verbatim: [{ type, body: Uint8Array.of(body) }],
        },
      },
    }).client.error?.alert;
  // [9846-4.5.1-14]
  it("a type that is none: illegal_parameter", () => {
    const options = { rawPublicKeys: known("ec-p256") };
    expect(answer(ExtensionType.server_certificate_type, 1, options)).toBe(
      "illegal_parameter",
    );
  });
  it("a type unasked: unsupported_extension", () => {
    expect(answer(ExtensionType.server_certificate_type, 2, {})).toBe(
      "unsupported_extension",
    );
    expect(answer(ExtensionType.client_certificate_type, 2, {})).toBe(
      "unsupported_extension",
    );
  });
  it("a certificate where a key was promised: decode_error", () => {
    const options = { rawPublicKeys: known("ec-p256") };
    expect(answer(ExtensionType.server_certificate_type, 2, options)).toBe(
      "decode_error",
    );
  });
  it("types that are unknown: unsupported_certificate", () => {
    const body = Uint8Array.of(1, 3);
    const type = ExtensionType.server_certificate_type;
    const shapes = { client_hello: { verbatim: [{ type, body }] } };
    const { server } = connect({ shapes, grease: false }, {});
    expect(server.error?.alert).toBe("unsupported_certificate");
    const client = ExtensionType.client_certificate_type;
    const one = { client_hello: { verbatim: [{ type: client, body }] } };
    const asked = connect(
      { shapes: one, grease: false },
      { clientAuthentication: "optional" },
    );
    expect(asked.server.error?.alert).toBe("unsupported_certificate");
  });
});

describe("an answer from outside", () => {
  it("is a VerifiedKey of that key", () => {
    const key = testKey("ec-p256").publicKeyInfo();
    const pair = newPair(
      testClientConfig({
        verifier: RAISE_NEED,
        rawPublicKeys: known("ec-p256"),
      }),
      testServerConfig({ credentials: [raw("ec-p256")] }),
    );
    shuttle(pair);
    // Raw keys are judged by their own verifier, certificates are asked for.
    expect(pair.client.info?.peerRawPublicKey?.der).toEqual(key);
    const other = newPair(
      testClientConfig({ verifier: RAISE_NEED }),
      testServerConfig(),
    );
    shuttle(other);
    const { need } = other.client;
    if (need?.type !== "verify") throw new Error("no need");
    const chain = verifiedKeyByCaller(key, need.context);
    expect(chain.publicKeyInfo.der).toEqual(key);
    expect(() => {
      other.client.resume({ type: "verified", chain });
    }).toThrow(TlsUsageError);
    const [leaf] = testCredential().chain;
    const right = verifiedByCaller(
      { certificates: leaf ? [leaf] : [] },
      need.context,
    );
    other.client.resume({ type: "verified", chain: right });
    expect(other.client.info).toBeDefined();
  });
});

it("two keys that do not belong together make no credential", () => {
  expect(() =>
    createRawPublicKeyCredential({
      provider: noble,
      publicKeyInfo: testKey("ec-p256").publicKeyInfo(),
      key: { algorithm: "ed25519", key: testKey("ed25519").privateKey },
    }),
  ).toThrow(TlsUsageError);
});
