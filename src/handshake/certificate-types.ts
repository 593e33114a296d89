/** Certificates or bare keys: RFC 7250, RFC 8446 4.4.2. */
import { TlsError } from "../errors.ts";
import type { ServerConfig } from "./config.ts";
import type { Credential } from "./credential.ts";
import { CertificateType } from "./extensions/certificate-types.ts";
import type { Extensions } from "./extensions/spec.ts";
import type { ClientHello } from "./messages/client-hello.ts";

/** What each side shows; X.509 where nothing was said. */
export interface CertificateTypes {
  readonly server: number;
  readonly client: number;
}

/** CertificateType of a credential. */
export function typeOf({ certificateType }: Credential): number {
  return CertificateType[certificateType ?? "X509"];
}

/** What a client says that it takes. */
export function typesTaken({ extensions }: ClientHello): readonly number[] {
  return extensions.server_certificate_type ?? [CertificateType.X509];
}

/**
 * RFC 7250 4.2: a client that takes what the server does not have.
 *
 * @throws TlsError
 */
export function checkTypes(
  credentials: readonly Credential[],
  hello: ClientHello,
): void {
  const types = typesTaken(hello);
  // Where there is no credential at all the kind is not what is missing.
  if (credentials.length === 0) return;
  if (!credentials.some((one) => types.includes(typeOf(one))))
    throw new TlsError("no_shared_certificate_type");
}

/**
 * RFC 7250 4.2: the first type of the client's that the server judges.
 *
 * @throws TlsError where there is none
 */
export function clientType(config: ServerConfig, hello: ClientHello): number {
  const types = hello.extensions.client_certificate_type;
  if (types === undefined || config.clientAuthentication === "none")
    return CertificateType.X509;
  const type = types.find(
    (one) =>
      one === CertificateType.X509 ||
      (one === CertificateType.RawPublicKey &&
        config.rawPublicKeys !== undefined),
  );
  if (type === undefined) throw new TlsError("no_shared_certificate_type");
  return type;
}

/** What EncryptedExtensions say of it: nothing where nothing is new. */
export function typesAnswer(
  config: ServerConfig,
  hello: ClientHello,
  credential: Credential | undefined,
): Extensions<"encrypted_extensions"> {
  const server = credential && typeOf(credential);
  const client = clientType(config, hello);
  return {
    ...(server && { server_certificate_type: server }),
    ...(client !== CertificateType.X509 && { client_certificate_type: client }),
  };
}

/**
 * What a server chose for both sides.
 *
 * @throws TlsError for what was not offered
 */
export function typesChosen({
  server_certificate_type: server,
  client_certificate_type: client,
}: Extensions<"encrypted_extensions">): CertificateTypes {
  for (const type of [server, client])
    if (
      type !== undefined &&
      type !== CertificateType.X509 &&
      type !== CertificateType.RawPublicKey
    )
      throw new TlsError("illegal_parameter", {
        detail: `certificate type ${type}`,
      });
  return {
    server: server ?? CertificateType.X509,
    client: client ?? CertificateType.X509,
  };
}
