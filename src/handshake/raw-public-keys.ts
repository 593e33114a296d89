/** Bare keys in place of certificates: RFC 7250, RFC 8446 4.4.2. */
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { Reader } from "../wire/reader.ts";
import { X509Error } from "../x509/errors.ts";
import {
  parseSubjectPublicKeyInfo,
  type SubjectPublicKeyInfo,
} from "../x509/public-key.ts";
import type { PeerChain } from "../x509/verifier.ts";
import {
  CertificateType,
  type CertificateTypeName,
  type CertificateTypes,
  typeOf,
} from "./certificate-types.ts";
import type { ClientConfig, ServerConfig } from "./config.ts";
import type { Credential } from "./credential.ts";
import {
  clientCertificateType,
  serverCertificateType,
} from "./extensions/certificate-types.ts";
import type { Feature, TypesSaid } from "./features.ts";
import type { Certificate13 } from "./messages/certificate13.ts";
import type { ClientHello } from "./messages/client-hello.ts";
import type { RawMessage } from "./messages/codec.ts";
import { certificateFault } from "./x509-faults.ts";

/**
 * Raw public keys (RFC 7250), for `clientConfigOf` and `serverConfigOf`: what
 * the option `rawPublicKeys` and a credential of `rawPublicKeyCredential` need.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { clientConfigOf, rawPublicKeys } from "puretls/engine";
 *
 * clientConfigOf([rawPublicKeys], {
 *   provider,
 *   verifier: "ask",
 *   rawPublicKeys: "ask",
 * });
 * ```
 */
export const rawPublicKeys: Feature = {
  name: "rawPublicKeys",
  extensions: [serverCertificateType, clientCertificateType],
  turns: {
    rawKeys: {
      typesTaken,
      checkTypes,
      clientType,
      typesAnswer,
      typesResumed,
      typesChosen,
      checkServerType,
      peerChain,
      peerChain12,
      bareKey,
    },
  },
};

/** What a client says that it takes. */
function typesTaken({ extensions }: ClientHello): readonly number[] {
  return extensions.server_certificate_type ?? [CertificateType.X509];
}

/**
 * RFC 7250 4.2: a client that takes what the server does not have.
 *
 * @throws TlsError
 */
function checkTypes(
  credentials: readonly Credential[],
  hello: ClientHello,
): void {
  const types = typesTaken(hello);
  // Where there is no credential at all the kind is not what is missing.
  if (credentials.length === 0) return;
  if (!credentials.some((one) => types.includes(typeOf(one))))
    throw new TlsError(reason.no_shared_certificate_type);
}

/**
 * RFC 7250 4.2: the first type of the server's that the client could show.
 *
 * @throws TlsError where there is none, and the client is to show something
 */
function clientType(
  config: ServerConfig,
  { extensions }: ClientHello,
): CertificateTypeName {
  const types = extensions.client_certificate_type ?? [CertificateType.X509];
  const type = config.peerCertificateTypes.find((name) =>
    types.includes(CertificateType[name]),
  );
  if (type !== undefined) return type;
  if (config.clientAuthentication !== "none")
    throw new TlsError(reason.no_shared_certificate_type);
  return "X509";
}

/** What a server that shows this credential answers to what was offered. */
function typesAnswer(
  config: ServerConfig,
  { extensions }: ClientHello,
  credential: Credential,
  client: CertificateTypeName,
): TypesSaid {
  // RFC 7250 4.2: without a CertificateRequest "the server MUST omit" it.
  const asks =
    config.clientAuthentication !== "none" ||
    (extensions.post_handshake_auth !== undefined &&
      config.verifier !== undefined);
  const offered = extensions.client_certificate_type ?? [];
  const isOffered = offered.includes(CertificateType[client]);
  return {
    ...(extensions.server_certificate_type && {
      server_certificate_type: typeOf(credential),
    }),
    ...(asks &&
      isOffered && { client_certificate_type: CertificateType[client] }),
  };
}

/**
 * What a server says of it where a session goes on: a client that takes raw
 * keys alone may read silence as X.509.
 */
function typesResumed(
  credentials: readonly Credential[],
  { extensions: { server_certificate_type: types } }: ClientHello,
): TypesSaid {
  const shown = credentials.find((one) => types?.includes(typeOf(one)));
  return shown ? { server_certificate_type: typeOf(shown) } : {};
}

/**
 * What a server chose for both sides.
 *
 * @throws TlsError for what was not offered
 */
function typesChosen(said: TypesSaid, config: ClientConfig): CertificateTypes {
  return {
    server: chosen(said.server_certificate_type, config.peerCertificateTypes),
    client: chosen(said.client_certificate_type, config.certificateTypes),
  };
}

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
 * RFC 7250 4.2: who says nothing means X.509, which not every client takes.
 *
 * @throws TlsError
 */
function checkServerType(
  { peerCertificateTypes }: ClientConfig,
  { server }: CertificateTypes,
): void {
  if (!peerCertificateTypes.includes(server))
    throw new TlsError(reason.no_shared_certificate_type);
}

/** RFC 8446 4.4.2: "no more than one CertificateEntry". */
function peerChain(
  { entries }: Certificate13,
  type: CertificateTypeName,
): PeerChain | undefined {
  if (type === "X509") return undefined;
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
function peerChain12(
  { body }: Pick<RawMessage, "body">,
  type: CertificateTypeName,
): PeerChain | undefined {
  if (type === "X509") return undefined;
  const rawPublicKey = Reader.all(body, "Certificate", (r) => r.opaque24());
  const isThere = rawPublicKey.length > 0;
  return { certificates: [], ...(isThere && { rawPublicKey }) };
}

function bareKey({
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
