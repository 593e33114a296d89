import { TlsError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import {
  CertificateType,
  type CertificateTypeName,
} from "../certificate-types.ts";
import { type BodyCodec, carriedAs, type ExtensionSpec } from "./spec.ts";

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
export const serverCertificateType: ExtensionSpec = {
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
};

/** RFC 7250 3: what the client could show, were it asked. */
export const clientCertificateType: ExtensionSpec = {
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
};
