import { ExtensionType } from "../../wire/code-points.ts";
import { carriedAs, emptyBody, type ExtensionSpec } from "./spec.ts";

/** RFC 8446 4.2.6: the client is willing to show a certificate later. */
export const postHandshakeAuth: ExtensionSpec = {
  name: "post_handshake_auth",
  type: ExtensionType.post_handshake_auth,
  carriers: { client_hello: carriedAs("post_handshake_auth", emptyBody) },
  offer: ({ config }, into) => {
    if (config.postHandshakeAuthentication) into.post_handshake_auth = true;
  },
};
