/**
 * The constants of Python's `ssl`, with its names and numbers. Where a property
 * takes one of them it takes a word as well: `VerifyMode.CERT_REQUIRED` or
 * `"required"`. Reading gives the number.
 */

/**
 * Python: `ssl.VerifyMode`. What a side asks of the peer's certificate.
 *
 * @example
 * ```ts
 * import { SSLContext, VerifyMode } from "puretls";
 *
 * const context = new SSLContext({ protocol: "tlsServer" });
 * context.verifyMode = "required";
 * if (context.verifyMode !== VerifyMode.CERT_REQUIRED) throw new Error();
 * ```
 */
export const VerifyMode = {
  /** A client accepts any certificate; a server does not ask for one. */
  CERT_NONE: 0,
  /** A client as with CERT_REQUIRED; a server takes none for an answer. */
  CERT_OPTIONAL: 1,
  /** The peer must have a certificate that verifies. */
  CERT_REQUIRED: 2,
} as const;
export type VerifyMode = (typeof VerifyMode)[keyof typeof VerifyMode];
/** The words for {@link VerifyMode}. */
export type VerifyModeName = "none" | "optional" | "required";

/**
 * Python: `ssl.PROTOCOL_*`. What a context is for.
 *
 * @example
 * ```ts
 * import { Protocol, SSLContext } from "puretls";
 *
 * const server = new SSLContext(Protocol.PROTOCOL_TLS_SERVER);
 * if (server.checkHostname) throw new Error("clients have no host name");
 * ```
 */
export const Protocol = {
  /** @deprecated Either role, and no verification by default. */
  PROTOCOL_TLS: 2,
  /** @deprecated Another name of `PROTOCOL_TLS`. */
  PROTOCOL_SSLv23: 2,
  /** Refused: RFC 8996. */
  PROTOCOL_TLSv1: 3,
  /** Refused: RFC 8996. */
  PROTOCOL_TLSv1_1: 4,
  /** @deprecated Say `maximumVersion` instead. */
  PROTOCOL_TLSv1_2: 5,
  PROTOCOL_TLS_CLIENT: 16,
  PROTOCOL_TLS_SERVER: 17,
} as const;
export type Protocol = (typeof Protocol)[keyof typeof Protocol];
/** The words for {@link Protocol}. */
export type ProtocolName = "tls" | "tlsClient" | "tlsServer" | "tls12";

/**
 * Python: `ssl.TLSVersion`; the numbers of RFC 9846 4.3.1.
 *
 * @example
 * ```ts
 * import { SSLContext, TLSVersion } from "puretls";
 *
 * const context = new SSLContext();
 * context.minimumVersion = TLSVersion.TLSv1_3;
 * if (context.minimumVersion !== 0x0304) throw new Error();
 * ```
 */
export const TLSVersion = {
  MINIMUM_SUPPORTED: -2,
  MAXIMUM_SUPPORTED: -1,
  SSLv3: 0x300,
  TLSv1: 0x301,
  TLSv1_1: 0x302,
  TLSv1_2: 0x303,
  TLSv1_3: 0x304,
} as const;
export type TLSVersion = (typeof TLSVersion)[keyof typeof TLSVersion];
/** The words for {@link TLSVersion}. */
export type TLSVersionName = "minimum" | "maximum" | "TLSv1.2" | "TLSv1.3";

/**
 * Python: `ssl.VerifyFlags`; a sum of these.
 *
 * @example
 * ```ts
 * import { SSLContext, VerifyFlags } from "puretls";
 *
 * const context = new SSLContext();
 * context.verifyFlags |= VerifyFlags.VERIFY_X509_STRICT;
 * ```
 */
export const VerifyFlags = {
  VERIFY_DEFAULT: 0,
  /** The leaf must be covered by a CRL of its issuer. */
  VERIFY_CRL_CHECK_LEAF: 0x4,
  /** So must every certificate of the chain. */
  VERIFY_CRL_CHECK_CHAIN: 0xc,
  /** No allowance for certificates that break RFC 5280. */
  VERIFY_X509_STRICT: 0x20,
  /** Not supported: proxy certificates are refused. */
  VERIFY_ALLOW_PROXY_CERTS: 0x40,
  /** Trusted certificates before those that the peer sent. Always so here. */
  VERIFY_X509_TRUSTED_FIRST: 0x8000,
  /** Any trusted certificate ends a chain, not only a root. */
  VERIFY_X509_PARTIAL_CHAIN: 0x80000,
} as const;

/**
 * Python: `ssl.Options`; a sum of these. No other ones are supported.
 *
 * @example
 * ```ts
 * import { Options, SSLContext } from "puretls";
 *
 * const context = new SSLContext();
 * context.optionFlags |= Options.OP_NO_TICKET;
 * ```
 */
export const Options = {
  OP_ALL: 0x80000050,
  OP_NO_SSLv2: 0,
  OP_NO_SSLv3: 0x02000000,
  OP_NO_TLSv1: 0x04000000,
  OP_NO_TLSv1_1: 0x10000000,
  /** @deprecated Say `minimumVersion` instead. */
  OP_NO_TLSv1_2: 0x08000000,
  /** @deprecated Say `maximumVersion` instead. */
  OP_NO_TLSv1_3: 0x20000000,
  OP_NO_RENEGOTIATION: 0x40000000,
  OP_CIPHER_SERVER_PREFERENCE: 0x00400000,
  OP_SINGLE_DH_USE: 0,
  OP_SINGLE_ECDH_USE: 0,
  /** RFC 9846 E.4. */
  OP_ENABLE_MIDDLEBOX_COMPAT: 0x00100000,
  OP_NO_COMPRESSION: 0x00020000,
  OP_NO_TICKET: 0x00004000,
  /** A transport that ends without close_notify is a normal end. */
  OP_IGNORE_UNEXPECTED_EOF: 0x00000080,
} as const;

/**
 * Python: `ssl.Purpose`. Whom a context is to authenticate.
 *
 * @example
 * ```ts
 * import { Purpose, SSLContext } from "puretls";
 * import { nodePlatform } from "puretls/node";
 *
 * const context = new SSLContext({ platform: nodePlatform });
 * context.loadDefaultCerts(Purpose.SERVER_AUTH);
 * ```
 */
export const Purpose = {
  SERVER_AUTH: {
    nid: 129,
    name: "serverAuth",
    longName: "TLS Web Server Authentication",
    oid: "1.3.6.1.5.5.7.3.1",
  },
  CLIENT_AUTH: {
    nid: 130,
    name: "clientAuth",
    longName: "TLS Web Client Authentication",
    oid: "1.3.6.1.5.5.7.3.2",
  },
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/**
 * Alerts by number, RFC 9846 6. Python: `ssl.AlertDescription`.
 *
 * @example
 * ```ts
 * import { AlertDescription, SSLContext } from "puretls";
 *
 * const context = new SSLContext("tlsServer");
 * context.sniCallback = (_connection, name) =>
 *   name === "a.example"
 *     ? undefined
 *     : AlertDescription.UNRECOGNIZED_NAME;
 * ```
 */
export const AlertDescription = {
  CLOSE_NOTIFY: 0,
  UNEXPECTED_MESSAGE: 10,
  BAD_RECORD_MAC: 20,
  RECORD_OVERFLOW: 22,
  DECOMPRESSION_FAILURE: 30,
  HANDSHAKE_FAILURE: 40,
  BAD_CERTIFICATE: 42,
  UNSUPPORTED_CERTIFICATE: 43,
  CERTIFICATE_REVOKED: 44,
  CERTIFICATE_EXPIRED: 45,
  CERTIFICATE_UNKNOWN: 46,
  ILLEGAL_PARAMETER: 47,
  UNKNOWN_CA: 48,
  ACCESS_DENIED: 49,
  DECODE_ERROR: 50,
  DECRYPT_ERROR: 51,
  PROTOCOL_VERSION: 70,
  INSUFFICIENT_SECURITY: 71,
  INTERNAL_ERROR: 80,
  INAPPROPRIATE_FALLBACK: 86,
  USER_CANCELLED: 90,
  NO_RENEGOTIATION: 100,
  MISSING_EXTENSION: 109,
  UNSUPPORTED_EXTENSION: 110,
  CERTIFICATE_UNOBTAINABLE: 111,
  UNRECOGNIZED_NAME: 112,
  BAD_CERTIFICATE_STATUS_RESPONSE: 113,
  BAD_CERTIFICATE_HASH_VALUE: 114,
  UNKNOWN_PSK_IDENTITY: 115,
  CERTIFICATE_REQUIRED: 116,
  GENERAL_ERROR: 117,
  NO_APPLICATION_PROTOCOL: 120,
  ECH_REQUIRED: 121,
} as const;
export type AlertDescription =
  (typeof AlertDescription)[keyof typeof AlertDescription];

/**
 * Python: `ssl.SSLErrorNumber`, and OpenSSL's WANT_ASYNC beside them.
 *
 * @example
 * ```ts
 * import { SSLErrorNumber, SSLWantReadError } from "puretls";
 *
 * // Tells whether a call is to be made again when more has come.
 * function wantsMore(error: unknown): boolean {
 *   return (
 *     error instanceof SSLWantReadError &&
 *     error.errno === SSLErrorNumber.SSL_ERROR_WANT_READ
 *   );
 * }
 * ```
 */
export const SSLErrorNumber = {
  SSL_ERROR_SSL: 1,
  SSL_ERROR_WANT_READ: 2,
  SSL_ERROR_WANT_WRITE: 3,
  SSL_ERROR_WANT_X509_LOOKUP: 4,
  SSL_ERROR_SYSCALL: 5,
  SSL_ERROR_ZERO_RETURN: 6,
  SSL_ERROR_WANT_CONNECT: 7,
  SSL_ERROR_EOF: 8,
  /** A callback of the program has promised an answer: `await settle()`. */
  SSL_ERROR_WANT_ASYNC: 9,
  SSL_ERROR_INVALID_ERROR_CODE: 10,
} as const;
export type SSLErrorNumber =
  (typeof SSLErrorNumber)[keyof typeof SSLErrorNumber];

/** Python: `ssl.HAS_ALPN`, RFC 7301. See {@link HAS_TLSv1_3} for an example. */
export const HAS_ALPN = true;
/**
 * Python: `ssl.HAS_NEVER_CHECK_COMMON_NAME`. See {@link HAS_TLSv1_3} for an
 * example.
 */
export const HAS_NEVER_CHECK_COMMON_NAME = true;
/** Python: `ssl.HAS_ECDH`. See {@link HAS_TLSv1_3} for an example. */
export const HAS_ECDH = true;
/**
 * Python: `ssl.HAS_SNI`, RFC 6066 3. See {@link HAS_TLSv1_3} for an example.
 */
export const HAS_SNI = true;
/**
 * Python: `ssl.HAS_NPN`. Superseded by ALPN. See {@link HAS_TLSv1_3} for an
 * example.
 */
export const HAS_NPN = false;
/**
 * Python: `ssl.HAS_SSLv2`. RFC 6176. See {@link HAS_TLSv1_3} for an example.
 */
export const HAS_SSLv2 = false;
/**
 * Python: `ssl.HAS_SSLv3`. RFC 7568. See {@link HAS_TLSv1_3} for an example.
 */
export const HAS_SSLv3 = false;
/**
 * Python: `ssl.HAS_TLSv1`. RFC 8996. See {@link HAS_TLSv1_3} for an example.
 */
export const HAS_TLSv1 = false;
/**
 * Python: `ssl.HAS_TLSv1_1`. RFC 8996. See {@link HAS_TLSv1_3} for an example.
 */
export const HAS_TLSv1_1 = false;
/** Python: `ssl.HAS_TLSv1_2`. See {@link HAS_TLSv1_3} for an example. */
export const HAS_TLSv1_2 = true;
/**
 * Python 3.14: `ssl.HAS_PHA`. Post-handshake authentication, RFC 9846 4.7.2.
 * See {@link HAS_TLSv1_3} for an example.
 */
export const HAS_PHA = true;
/** Python 3.13: `ssl.HAS_PSK`. See {@link HAS_TLSv1_3} for an example. */
export const HAS_PSK = true;
/** Python 3.15: `ssl.HAS_PSK_TLS13`. See {@link HAS_TLSv1_3} for an example. */
export const HAS_PSK_TLS13 = true;
/**
 * Python: `ssl.HAS_TLSv1_3`.
 *
 * @example
 * ```ts
 * import { HAS_SSLv3, HAS_TLSv1_3 } from "puretls";
 *
 * if (!HAS_TLSv1_3 || HAS_SSLv3) throw new Error();
 * ```
 */
export const HAS_TLSv1_3 = true;

/**
 * Python: `ssl.OPENSSL_VERSION`, but of this library.
 *
 * @example
 * ```ts
 * import { LIBRARY_VERSION, LIBRARY_VERSION_INFO } from "puretls";
 *
 * const [major, minor] = LIBRARY_VERSION_INFO;
 * if (!LIBRARY_VERSION.includes(`${major}.${minor}`)) throw new Error();
 * ```
 */
export const LIBRARY_VERSION = "puretls 0.1.0";
/**
 * Python: `ssl.OPENSSL_VERSION_INFO`, but of this library: three numbers. See
 * {@link LIBRARY_VERSION} for an example.
 */
export const LIBRARY_VERSION_INFO: readonly [
  major: number,
  minor: number,
  patch: number,
] = [0, 1, 0];

/**
 * Python: `ssl.CHANNEL_BINDING_TYPES`; RFC 5929 and RFC 9266.
 *
 * @example
 * ```ts
 * import { CHANNEL_BINDING_TYPES } from "puretls";
 *
 * if (!CHANNEL_BINDING_TYPES.includes("tls-exporter")) throw new Error();
 * ```
 */
export const CHANNEL_BINDING_TYPES = [
  "tls-unique",
  "tls-server-end-point",
  "tls-exporter",
] as const;
export type ChannelBindingType = (typeof CHANNEL_BINDING_TYPES)[number];

/** Python: `ssl.PEM_HEADER`. See {@link PEM_FOOTER} for an example. */
export const PEM_HEADER = "-----BEGIN CERTIFICATE-----";
/**
 * Python: `ssl.PEM_FOOTER`.
 *
 * @example
 * ```ts
 * import { derCertToPemCert, PEM_FOOTER, PEM_HEADER } from "puretls";
 *
 * const pem = derCertToPemCert(Uint8Array.of(0x30, 0));
 * if (!pem.startsWith(PEM_HEADER)) throw new Error();
 * if (!pem.trim().endsWith(PEM_FOOTER)) throw new Error();
 * ```
 */
export const PEM_FOOTER = "-----END CERTIFICATE-----";
