import { ExtensionType } from "../../wire/code-points.ts";
import { SIGNATURE_SCHEMES } from "../signature-schemes.ts";
import { carriedAs, type ExtensionSpec, u16ListBody } from "./spec.ts";

/** RFC 8446 4.2.3. */
export const signatureAlgorithms: ExtensionSpec = {
  name: "signature_algorithms",
  type: ExtensionType.signature_algorithms,
  carriers: {
    client_hello: carriedAs("signature_algorithms", u16ListBody),
    certificate_request: carriedAs("signature_algorithms", u16ListBody),
  },
  offer: ({ config }, into) => {
    into.signature_algorithms = config.signatureSchemes.map(
      (name) => SIGNATURE_SCHEMES[name].code,
    );
  },
};
