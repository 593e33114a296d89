/** Bugs that make wrong peers of our own engine, each a check that is left out. */

export interface PlantedBug {
  readonly what: string;
  readonly file: string;
  /** It stands once in the file, and becomes `to`. */
  readonly from: string;
  readonly to: string;
}

const PROOFS = "src/handshake/authentication/signatures-and-finished.ts";
const CLIENT_HELLO = "src/handshake/client/hello.ts";
const SERVER_HELLO = "src/handshake/server/hello.ts";
const TABLE = "src/handshake/extensions/table.ts";

export const BUGS: readonly PlantedBug[] = [
  {
    what: "Finished is not compared",
    file: PROOFS,
    from: "if (!equal(expected, message.verifyData))",
    to: "if (false)",
  },
  {
    what: "the signature of CertificateVerify is not looked at",
    file: PROOFS,
    from: "if (!verify?.(key.key, content, signature))",
    to: "if (false)",
  },
  {
    what: "a binder of a PSK is not compared",
    file: "src/handshake/sessions/psk.ts",
    from: "if (binder === undefined || !equal(binder, expected))",
    to: "if (binder === undefined)",
  },
  {
    what: "a client accepts extensions that it did not offer",
    file: TABLE,
    from: "if (!offered.has(type) || isGrease(type))",
    to: "if (isGrease(type))",
  },
  {
    what: "an extension may come twice",
    file: TABLE,
    from: "if (seen.has(type))",
    to: "if (false)",
  },
  {
    what: "a second hello may differ from the first",
    file: "src/handshake/server/second-hello.ts",
    from: "if (!equal(retry.fixed, fixedPart(provider, second)))",
    to: "if (false)",
  },
  {
    what: "the MAC of a record of CBC is not compared",
    file: "src/record/cbc-padding.ts",
    from: "if (length === 0) return 0;",
    to: "if (length >= 0) return 0;",
  },
  {
    what: "a KeyUpdate may ask for anything",
    file: "src/handshake/messages/key-update.ts",
    from: "if (request > 1)",
    to: "if (request > 255)",
  },
  {
    what: "pieces of a message stay when keys change",
    file: "src/engine/handshake-io.ts",
    from: "if (!this.#parts.joiner.isEmpty)",
    to: "if (false)",
  },
  {
    what: "a downgrade is not noticed",
    file: CLIENT_HELLO,
    from: 'if (versions.includes("TLSv1.3") && isDowngrade(random))',
    to: "if (false)",
  },
  {
    what: "the session id need not be echoed",
    file: CLIENT_HELLO,
    from: "if (!equal(message.legacySessionIdEcho, state.hello.sessionId))",
    to: "if (false)",
  },
  {
    what: "early data of another ALPN is taken",
    file: "src/handshake/server/tls13/early-data.ts",
    from: "session.alpnProtocol === alpnProtocol &&",
    to: "",
  },
  {
    what: "legacy_version of a ClientHello counts for nothing",
    file: SERVER_HELLO,
    from: 'if (hello.legacyVersion !== ProtocolVersion["TLSv1.2"])',
    to: "if (false)",
  },
  {
    what: "a client's certificate needs no proof in TLS 1.2",
    file: "src/handshake/server/tls12/machine.ts",
    from: "WAIT_CV: { certificate_verify: onCertificateVerify },",
    to: 'WAIT_CV: { certificate_verify: onCertificateVerify, change_cipher_spec: (state) => ({ ...state, at: "WAIT_FINISHED" }) },',
  },
  {
    what: "a change_cipher_spec may be protected",
    file: "src/record/aead13.ts",
    from: "if (type === ContentType.change_cipher_spec)\n",
    to: "if (false)\n",
  },
  {
    what: "renegotiation_info may hold anything",
    file: "src/handshake/extensions/rows12.ts",
    from: "if (info !== undefined && info.length > 0)",
    to: "if (false)",
  },
];
