/** Bare keys in place of certificates: RFC 7250, RFC 9846 4.5.1. */
import { TlsError } from "../../errors.ts";
import type { ClientConfig, ServerConfig } from "../config/config.ts";
import { certificateFault } from "../credentials/certificate-alerts.ts";
import type { Credential } from "../credentials/credential.ts";
import {
  type BodyCodec,
  type ExtensionSpec,
  carriedAs,
} from "../extensions/spec.ts";
import type { Feature } from "./feature.ts";
import type { Certificate13 } from "../messages/certificate13.ts";
import type { ClientHello } from "../messages/client-hello.ts";
import type { RawMessage } from "../messages/codec.ts";
import {
  CertificateType,
  type CertificateTypeName,
  typeOf,
} from "../registries/certificate-types.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import { X509Error } from "../../x509/faults/errors.ts";
import {
  type SubjectPublicKeyInfo,
  parseSubjectPublicKeyInfo,
} from "../../x509/keys/public-key.ts";
import type { PeerChain } from "../../x509/verifier.ts";

const list: BodyCodec<readonly number[]> = {
  write: (writer, types) =>
    writer.vector8((w) => {
      for (const type of types) w.u8(type);
    }),
  read: (reader) => {
    const types = reader.list8((r) => r.u8(), 1);
    // RFC 7250 4.1: with nothing but X.509 a client "MUST omit" it.
    if (types.every((type) => type === CertificateType.X509))
      throw new TlsError(reason.illegal_parameter, {
        detail: "certificate_type: X.509 as the only one",
      });
    return types;
  },
};

const one: BodyCodec<number> = {
  write: (writer, type) => writer.u8(type),
  read: (reader) => reader.u8(),
};

/** Nothing where X.509, which goes without saying, is all. */
function offer(
  names: readonly CertificateTypeName[],
): readonly number[] | undefined {
  return names.every((name) => name === "X509")
    ? undefined
    : names.map((name) => CertificateType[name]);
}

/** RFC 7250 3: what the server may show. */
const serverCertificateType: ExtensionSpec = {
  name: "server_certificate_type",
  type: ExtensionType.server_certificate_type,
  carriers: {
    client_hello: carriedAs("server_certificate_type", list),
    server_hello12: carriedAs("server_certificate_type", one),
    encrypted_extensions: carriedAs("server_certificate_type", one),
  },
  offer: ({ config: { peerCertificateTypes } }, into) => {
    const types = offer(peerCertificateTypes);
    if (types !== undefined) into.server_certificate_type = types;
  },
  // Where a session is resumed a client that takes raw keys alone may read
  // silence as X.509.
  answer: ({ hello: { extensions }, credential, ...rest }, into) => {
    const { server_certificate_type: types } = extensions;
    const { credentials, resumed } = rest;
    const presented =
      credential ??
      (resumed
        ? credentials.find((one) => types?.includes(typeOf(one)))
        : undefined);
    if (types !== undefined && presented !== undefined)
      into.server_certificate_type = typeOf(presented);
  },
  agree: (said, { config }, agreed) => {
    const { server_certificate_type: type } = said;
    const server = chosen(type, config.peerCertificateTypes);
    agreed.certificateTypes = { ...agreed.certificateTypes, server };
  },
};

/** RFC 7250 3: what the client could show, were it asked. */
const clientCertificateType: ExtensionSpec = {
  name: "client_certificate_type",
  type: ExtensionType.client_certificate_type,
  carriers: {
    client_hello: carriedAs("client_certificate_type", list),
    server_hello12: carriedAs("client_certificate_type", one),
    encrypted_extensions: carriedAs("client_certificate_type", one),
  },
  offer: ({ config: { certificateTypes } }, into) => {
    const types = offer(certificateTypes);
    if (types !== undefined) into.client_certificate_type = types;
  },
  // RFC 7250 4.2: the first type of the server's that the client could present.
  answer: ({ config, hello: { extensions }, ...rest }, into, agreed) => {
    const { credential, asks } = rest;
    // A server that presents no credential of its own asks for none.
    if (credential === undefined) return;
    const offered = extensions.client_certificate_type;
    const types = offered ?? [CertificateType.X509];
    const client = config.peerCertificateTypes.find((name) =>
      types.includes(CertificateType[name]),
    );
    if (client === undefined && asks.now)
      throw new TlsError(reason.no_shared_certificate_type);
    if (client === undefined) return;
    agreed.certificateTypes = { ...agreed.certificateTypes, client };
    // RFC 7250 4.2: without a CertificateRequest "the server MUST omit" it.
    if (offered !== undefined && (asks.now || asks.later))
      into.client_certificate_type = CertificateType[client];
  },
  agree: (said, { config }, agreed) => {
    const { client_certificate_type: type } = said;
    const client = chosen(type, config.certificateTypes);
    agreed.certificateTypes = { ...agreed.certificateTypes, client };
  },
};

/** Nothing said means X.509 (RFC 7250 4.2). */
function chosen(
  type: number | undefined,
  offered: readonly CertificateTypeName[],
): CertificateTypeName {
  if (type === undefined) return "X509";
  const name = offered.find((one) => CertificateType[one] === type);
  if (name === undefined)
    throw new TlsError(reason.illegal_parameter, {
      detail: `certificate_type: ${type}, which was not offered`,
    });
  return name;
}

/**
 * Raw public keys (RFC 7250), for `createClientConfigOf` and `createServerConfigOf`: what
 * the option `rawPublicKeys` and a credential of `createRawPublicKeyCredential` need.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import {
 *   createClientConfigOf,
 *   RAISE_NEED,
 *   rawPublicKeys,
 * } from "puretls/engine";
 *
 * createClientConfigOf([rawPublicKeys], {
 *   provider,
 *   verifier: RAISE_NEED,
 *   rawPublicKeys: RAISE_NEED,
 * });
 * ```
 */
export const rawPublicKeys: Feature = {
  name: "rawPublicKeys",
  extensions: [serverCertificateType, clientCertificateType],
  credentials: { presented, presented12, leafKey, unmatched },
};

/** RFC 9846 4.5.1: "no more than one CertificateEntry". */
function presented(
  { entries }: Certificate13,
  type: CertificateTypeName,
  config: ClientConfig | ServerConfig,
): PeerChain | undefined {
  if (!isRawKey(type, config)) return undefined;
  // [9846-4.5.1-13]
  if (entries.length > 1)
    throw new TlsError(reason.illegal_parameter, {
      detail: "Certificate: more than one raw public key",
    });
  const [entry] = entries;
  return {
    certificates: [],
    ...(entry && { rawPublicKey: entry.certificate }),
  };
}

/**
 * RFC 7250 3: the key itself in place of the list, which where it is empty says
 * that there is nothing to show (RFC 5246 7.4.6).
 */
function presented12(
  { body }: Pick<RawMessage, "body">,
  type: CertificateTypeName,
  config: ClientConfig | ServerConfig,
): PeerChain | undefined {
  if (!isRawKey(type, config)) return undefined;
  const rawPublicKey = Reader.all(body, "Certificate", (r) => r.opaque24());
  const isThere = rawPublicKey.length > 0;
  return { certificates: [], ...(isThere && { rawPublicKey }) };
}

function leafKey({
  rawPublicKey,
}: PeerChain): SubjectPublicKeyInfo | undefined {
  if (rawPublicKey === undefined) return undefined;
  return certificateFault(() => {
    try {
      return parseSubjectPublicKeyInfo(rawPublicKey);
    } catch (error) {
      // The key is a field of the message, no certificate that could be bad.
      if (error instanceof X509Error && error.code === "malformed_public_key")
        throw new TlsError(reason.malformed_message, {
          detail: "Certificate: no SubjectPublicKeyInfo",
          cause: error,
        });
      throw error;
    }
  });
}

/**
 * RFC 7250 4.2: a server that says nothing means X.509, which not every client
 * accepts.
 */
function isRawKey(
  type: CertificateTypeName,
  { role, peerCertificateTypes: accepted }: ClientConfig | ServerConfig,
): boolean {
  if (role === "client" && !accepted.includes(type))
    throw new TlsError(reason.no_shared_certificate_type);
  return type === "RawPublicKey";
}

/** RFC 7250 4.2: the client accepts no type that the server has. */
function unmatched(
  credentials: readonly Credential[],
  { extensions }: ClientHello,
): undefined {
  const { server_certificate_type: types = [CertificateType.X509] } =
    extensions;
  // Where there is no credential at all the kind is not what is missing.
  if (credentials.length === 0) return;
  if (!credentials.some((one) => types.includes(typeOf(one))))
    throw new TlsError(reason.no_shared_certificate_type);
}
