/**
 * Extensions about signatures, and about the client's own certificate: RFC 9846
 * 4.3.3, 4.3.6.
 */
import {
  type ExtensionSpec,
  carriedAs,
  emptyBody,
  u16ListBody,
} from "./spec.ts";
import {
  isForBothSides,
  SIGNATURE_SCHEMES,
} from "../registries/signature-schemes.ts";
import { ExtensionType } from "../../wire/code-points.ts";

/** RFC 9846 4.3.3. */
export const signatureAlgorithms: ExtensionSpec = {
  // [5246-7.4.1.4.1-03]
  name: "signature_algorithms",
  type: ExtensionType.signature_algorithms,
  carriers: {
    // [5246-7.4.1.4.1-06]
    client_hello: carriedAs("signature_algorithms", u16ListBody),
    certificate_request: carriedAs("signature_algorithms", u16ListBody),
  },
  offer: ({ config }, into) => {
    // [9846-4.3.3-02]
    into.signature_algorithms = config.signatureSchemes
      .filter(isForBothSides)
      .map((name) => SIGNATURE_SCHEMES[name].code);
  },
};

/** RFC 9846 4.3.6: the client is willing to show a certificate later. */
export const postHandshakeAuth: ExtensionSpec = {
  name: "post_handshake_auth",
  type: ExtensionType.post_handshake_auth,
  // [9846-4.3.6-02]
  carriers: { client_hello: carriedAs("post_handshake_auth", emptyBody) },
  offer: ({ config }, into) => {
    if (config.postHandshakeAuth) into.post_handshake_auth = true;
  },
};
