/** Certificates and keys of this side, as a program hands them in. */
import { type BytesLike, equal, utf8Bytes, viewBytes } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import { TlsUsageError } from "../errors.ts";
import {
  type Credential,
  credential,
  rawPublicKeyCredential,
} from "../handshake/credential.ts";
import { given } from "../handshake/session-options.ts";
import type { SignatureSchemeName } from "../handshake/signature-schemes.ts";
import type { Certificate } from "../x509/certificate.ts";
import { X509Error } from "../x509/errors.ts";
import { parseOcspResponse } from "../x509/ocsp.ts";
import { keyMatchesCertificate } from "../x509/key-match.ts";
import { type ParsedPrivateKey, parsePrivateKey } from "../x509/private-key.ts";
import { parseCertificates } from "../x509/trust-store.ts";
import { SSLError } from "./errors.ts";
import {
  isJsonWebKey,
  type JsonWebKeyLike,
  privateKeyOfJwk,
} from "./json-web-key.ts";
import { type Platform, readFile } from "./platform.ts";
import { type Encoded, reading } from "./reading.ts";

/**
 * A key that is somewhere else: in an HSM, a key service, in WebCrypto. It may
 * answer at once or with a promise.
 */
export interface OpaqueKey {
  /** Signs `content` (not its hash) by a TLS signature scheme. */
  sign(
    scheme: SignatureSchemeName,
    content: Uint8Array,
  ): Uint8Array | Promise<Uint8Array>;
}

/** A password, or what to call for one if the key is encrypted. */
export type Password = string | BytesLike | (() => string | BytesLike);

/** As {@link Password}, but what is called may answer later. */
export type LatePassword =
  string | BytesLike | (() => string | BytesLike | Promise<string | BytesLike>);

/** What to load a chain and its key from: contents or paths. */
export interface CertChainSource {
  /** PEM text or DER: the leaf, then its issuers; perhaps the key too. */
  readonly cert?: Encoded;
  /** The key: PEM, DER, a JWK, or one that is elsewhere. Default: in `cert`. */
  readonly key?: Encoded | OpaqueKey | JsonWebKeyLike;
  readonly certFile?: string;
  /** Default: in `certFile`. */
  readonly keyFile?: string;
  readonly password?: Password;
  /**
   * An OCSP response about the leaf for peers that ask, DER (RFC 6066 8). Load
   * the chain again with the next one before this one is out of date.
   */
  readonly ocspResponse?: BytesLike;
  /** SignedCertificateTimestamps for peers that ask (RFC 6962 3.3). */
  readonly scts?: readonly BytesLike[];
}

/** A bare key to show, and its private key: contents or a path. */
export interface RawPublicKeySource extends Pick<
  CertChainSource,
  "key" | "keyFile" | "password"
> {
  /** DER of a SubjectPublicKeyInfo (RFC 7250). */
  readonly publicKey: BytesLike;
}

/** What a context serves: the credential, and who signs for it. */
export interface LoadedCredential {
  readonly credential: Credential;
  readonly signer: OpaqueKey | undefined;
}

/** The longest password that OpenSSL takes, in bytes. */
const MAX_PASSWORD = 1024;

/**
 * Reads a chain and its key and sees that they belong together.
 *
 * @throws TypeError without a certificate
 * @throws SSLError NO_START_LINE, KEY_VALUES_MISMATCH, BAD_DECRYPT and so on
 */
export function loadCredential(
  provider: CryptoProvider,
  source: CertChainSource,
  platform: Platform,
): LoadedCredential {
  const read = (path: string): Uint8Array => readFile(platform, path);
  const cert = contentOf("cert", source.cert, source.certFile, read);
  if (cert === undefined)
    throw new TypeError("loadCertChain: cert or certFile is needed");
  const chain = reading(cert.name, () => parseCertificates(cert.content));
  const stapled = {
    provider,
    chain: chain.map((certificate) => certificate.der),
    ...given("ocspResponse", stapledResponse(source, chain)),
    ...given("scts", source.scts?.map(timestamp)),
  };
  if (source.key !== undefined && isOpaqueKey(source.key))
    return {
      credential: credential({ ...stapled, key: "ask" }),
      signer: source.key,
    };
  const key = isJsonWebKey(source.key)
    ? { content: source.key, name: "key" }
    : (contentOf("key", source.key, source.keyFile, read) ?? cert);
  const parsed = parsedKey(key, source.password, provider);
  const [leaf] = chain;
  if (leaf !== undefined && !matches(provider, parsed, leaf, cert.name))
    throw new SSLError(
      `the private key (${key.name}) does not belong to the first certificate (${cert.name})`,
      { library: "X509", reason: "KEY_VALUES_MISMATCH" },
    );
  return {
    credential: credential({ ...stapled, key: parsed }),
    signer: undefined,
  };
}

/**
 * Reads a bare key and its private key.
 *
 * @throws TypeError without a key
 * @throws SSLError NO_START_LINE, KEY_VALUES_MISMATCH, BAD_DECRYPT and so on
 */
export function loadRawPublicKey(
  provider: CryptoProvider,
  source: RawPublicKeySource,
  platform: Platform,
): LoadedCredential {
  const { key: own, publicKey: publicKeyInfo } = source;
  if (own !== undefined && isOpaqueKey(own))
    return {
      credential: reading("publicKey", () =>
        rawPublicKeyCredential({ provider, publicKeyInfo, key: "ask" }),
      ),
      signer: own,
    };
  const read = (path: string): Uint8Array => readFile(platform, path);
  const content = isJsonWebKey(own)
    ? { content: own, name: "key" }
    : contentOf("key", own, source.keyFile, read);
  if (content === undefined)
    throw new TypeError("loadRawPublicKey: key or keyFile is needed");
  const key = parsedKey(content, source.password, provider);
  try {
    return {
      credential: reading("publicKey", () =>
        rawPublicKeyCredential({ provider, publicKeyInfo, key }),
      ),
      signer: undefined,
    };
  } catch (error) {
    if (!(error instanceof TlsUsageError)) throw error;
    throw new SSLError(error.message, {
      library: "X509",
      reason: "KEY_VALUES_MISMATCH",
      cause: error,
    });
  }
}

/** The response, once it is known to be one about this leaf. */
function stapledResponse(
  { ocspResponse }: CertChainSource,
  [leaf]: readonly Certificate[],
): BytesLike | undefined {
  if (ocspResponse === undefined || leaf === undefined) return undefined;
  const { responses } = reading("ocspResponse", () =>
    parseOcspResponse(ocspResponse),
  );
  if (
    !responses.some(({ serialNumber }) =>
      equal(serialNumber, leaf.serialNumber),
    )
  )
    throw new SSLError("ocspResponse: it is about another certificate", {
      library: "OCSP",
      reason: "CERTIFICATE_VERIFY_ERROR",
    });
  return ocspResponse;
}

/** RFC 6962 3.3: "opaque SerializedSCT<1..2^16-1>". */
function timestamp(sct: BytesLike): Uint8Array {
  const bytes = viewBytes(sct, "scts");
  if (bytes.length === 0) throw new RangeError("scts: one is empty");
  return bytes;
}

function parsedKey(
  { content, name }: { content: Encoded | JsonWebKeyLike; name: string },
  password: Password | undefined,
  provider: CryptoProvider,
): ParsedPrivateKey {
  return isJsonWebKey(content)
    ? privateKeyOfJwk(content)
    : loadKey({ name, content }, password, provider);
}

interface Content {
  readonly content: Encoded;
  /** Of the option or the file, for messages. */
  readonly name: string;
}

function contentOf(
  option: string,
  content: Encoded | undefined,
  path: string | undefined,
  read: (path: string) => Uint8Array,
): Content | undefined {
  if (content !== undefined) return { content, name: option };
  if (path === undefined) return undefined;
  return { content: read(path), name: path };
}

function loadKey(
  { content, name }: Content,
  password: Password | undefined,
  { keyDecryption }: CryptoProvider,
): ParsedPrivateKey {
  const options =
    keyDecryption === undefined ? {} : { decryption: keyDecryption };
  try {
    return parsePrivateKey(content, options);
  } catch (error) {
    const isEncrypted =
      error instanceof X509Error && error.code === "password_required";
    if (!isEncrypted || password === undefined)
      return reading(name, () => {
        throw error;
      });
  }
  const secret = passwordBytes(password);
  return reading(name, () =>
    parsePrivateKey(content, { ...options, password: secret }),
  );
}

function passwordBytes(password: Password): Uint8Array {
  const given: unknown = typeof password === "function" ? password() : password;
  const bytes =
    typeof given === "string"
      ? utf8Bytes(given)
      : isBytesLike(given)
        ? viewBytes(given)
        : undefined;
  if (bytes === undefined)
    throw new TypeError("password: a string or bytes are wanted");
  if (bytes.length > MAX_PASSWORD)
    throw new RangeError(
      `password: at most ${MAX_PASSWORD.toString()} bytes are allowed`,
    );
  return bytes;
}

function isBytesLike(value: unknown): value is BytesLike {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

/** Whether a key is one that only signs. */
export function isOpaqueKey(
  key: Encoded | OpaqueKey | JsonWebKeyLike,
): key is OpaqueKey {
  return (
    typeof key === "object" && "sign" in key && typeof key.sign === "function"
  );
}

function matches(
  provider: CryptoProvider,
  key: ParsedPrivateKey,
  leaf: Certificate,
  name: string,
): boolean {
  return reading(name, () => keyMatchesCertificate(provider, key, leaf));
}
