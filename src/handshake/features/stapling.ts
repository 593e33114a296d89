/** OCSP stapling: RFC 6066 8, RFC 9846 4.5.1.1. */
import { TlsError } from "../../errors.ts";
import {
  type BodyCodec,
  type ExtensionSpec,
  carriedAs,
  emptyBody,
} from "../extensions/spec.ts";
import { stapleExtensions } from "../extensions/table.ts";
import type { Feature } from "./feature.ts";
import {
  type Message,
  type RawMessage,
  encodeMessage,
} from "../messages/codec.ts";
import * as reason from "../../reasons.ts";
import { ExtensionType } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";

/** CertificateStatusType ocsp, RFC 6066 8. */
const OCSP = 1;

/** RFC 6066 8: any responder, and no extensions, as everybody asks. */
const certificateStatusRequest: BodyCodec<number> = {
  write: (writer, type) => writer.u8(type).u16(0).u16(0),
  read: (reader) => {
    const type = reader.u8();
    // A type that is not known has a body that is not known.
    if (type !== OCSP) {
      reader.rest();
      return type;
    }
    reader.list16((r) => r.opaque16(1));
    reader.opaque16();
    return type;
  },
};

/** CertificateStatus, RFC 6066 8: here, and as a message of TLS 1.2. */
const certificateStatus: BodyCodec<Uint8Array> = {
  write: (writer, response) => writer.u8(OCSP).opaque24(response),
  read: (reader) => {
    if (reader.u8() !== OCSP)
      throw new TlsError(reason.malformed_message, {
        detail: "CertificateStatus: not of type ocsp",
      });
    return reader.opaque24(1);
  },
};

/** RFC 6066 8, RFC 9846 4.5.1.1. */
const statusRequest: ExtensionSpec = {
  name: "status_request",
  type: ExtensionType.status_request,
  carriers: {
    client_hello: carriedAs("status_request", certificateStatusRequest),
    server_hello12: carriedAs("status_request", emptyBody),
    certificate_request: carriedAs("status_request", emptyBody),
    certificate: carriedAs("status_request", certificateStatus),
  },
  offer: ({ config }, into) => {
    if (config.ocspStapling) into.status_request = OCSP;
  },
  request: (config, into) => {
    if (config.ocspStapling) into.status_request = true;
  },
  staple: ({ ocspResponse }, { status_request: asked }, into) => {
    if (ocspResponse !== undefined && isAsked(asked))
      // [9846-4.5.1.1-01] [9846-4.5.1.1-05]
      into.status_request = ocspResponse;
  },
  answer: ({ credential, hello: { extensions } }, into, agreed) => {
    const response = credential?.ocspResponse;
    if (response === undefined || !isAsked(extensions.status_request)) return;
    into.status_request = true;
    agreed.status = true;
  },
  agree: ({ status_request: said = false }, _context, agreed) => {
    agreed.status = said;
  },
};

function isAsked(asked: true | number | undefined): boolean {
  return asked === true || asked === OCSP;
}

/** CertificateStatus of TLS 1.2, RFC 6066 8: behind the Certificate. */
interface CertificateStatus extends Message {
  /** DER. */
  readonly ocspResponse: Uint8Array;
}

function encodeCertificateStatus(ocspResponse: Uint8Array): Uint8Array {
  return encodeMessage("certificate_status", (writer) => {
    certificateStatus.write(writer, ocspResponse);
  });
}

/** @throws TlsError */
function readCertificateStatus({ body, raw }: RawMessage): CertificateStatus {
  return Reader.all(body, "CertificateStatus", (reader) => ({
    ocspResponse: certificateStatus.read(reader),
    raw,
  }));
}

/**
 * OCSP stapling (RFC 6066 8), for `createClientConfigOf` and `createServerConfigOf`: what
 * the option `ocspStapling` and a credential with an `ocspResponse` need.
 *
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createClientConfigOf, ocspStapling } from "puretls/engine";
 * import {
 *   createVerifierOf,
 *   stapledResponses,
 *   TrustStore,
 * } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifierOf([stapledResponses], {
 *   provider,
 *   trustStore,
 * });
 * createClientConfigOf([ocspStapling], { provider, verifier, ocspStapling: true });
 * ```
 */
export const ocspStapling: Feature = {
  name: "ocspStapling",
  extensions: [statusRequest],
  hooks: {
    stapling: {
      status12: (credential, { config: { protocol }, hello }) => {
        const { status_request: response } = stapleExtensions(
          protocol.extensions,
          credential,
          hello.extensions,
        );
        return response && encodeCertificateStatus(response);
      },
      response12: (message) => readCertificateStatus(message).ocspResponse,
    },
  },
};
