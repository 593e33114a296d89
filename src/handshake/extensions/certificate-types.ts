import { ExtensionType } from "../../wire/code-points.ts";
import { type BodyCodec, carriedAs, type ExtensionSpec } from "./spec.ts";

/** CertificateType, RFC 7250 3 and the IANA registry. */
export const CertificateType = { X509: 0, RawPublicKey: 2 } as const;

const list: BodyCodec<readonly number[]> = {
  write: (writer, types) =>
    writer.vector8((w) => {
      for (const type of types) w.u8(type);
    }),
  read: (reader) => reader.list8((r) => r.u8(), 1),
};

const one: BodyCodec<number> = {
  write: (writer, type) => writer.u8(type),
  read: (reader) => reader.u8(),
};

const BOTH = [CertificateType.RawPublicKey, CertificateType.X509];

/** RFC 7250 3: what the server may show. */
export const serverCertificateType: ExtensionSpec = {
  name: "server_certificate_type",
  type: ExtensionType.server_certificate_type,
  carriers: {
    client_hello: carriedAs("server_certificate_type", list),
    encrypted_extensions: carriedAs("server_certificate_type", one),
  },
  offer: ({ config: { rawPublicKeys } }, into) => {
    if (rawPublicKeys !== undefined) into.server_certificate_type = BOTH;
  },
};

/** RFC 7250 3: what the client could show, were it asked. */
export const clientCertificateType: ExtensionSpec = {
  name: "client_certificate_type",
  type: ExtensionType.client_certificate_type,
  carriers: {
    client_hello: carriedAs("client_certificate_type", list),
    encrypted_extensions: carriedAs("client_certificate_type", one),
  },
  offer: ({ config: { credentials } }, into) => {
    if (credentials === "ask") return;
    if (credentials.some(({ certificateType }) => certificateType))
      into.client_certificate_type = BOTH;
  },
};
