import { ExtensionType } from "../../wire/code-points.ts";
import {
  SIGNATURE_SCHEMES,
  type SignatureSchemeName,
} from "../signature-schemes.ts";
import { carriedAs, type ExtensionSpec, u16ListBody } from "./spec.ts";

/** RFC 8446 4.2.3: said where it is not the same. */
export const signatureAlgorithmsCert: ExtensionSpec = {
  name: "signature_algorithms_cert",
  type: ExtensionType.signature_algorithms_cert,
  carriers: {
    client_hello: carriedAs("signature_algorithms_cert", u16ListBody),
    certificate_request: carriedAs("signature_algorithms_cert", u16ListBody),
  },
  offer: ({ config: { certificateSignatureSchemes: names } }, into) => {
    if (names) into.signature_algorithms_cert = codes(names);
  },
  request: ({ certificateSignatureSchemes: names }, into) => {
    if (names) into.signature_algorithms_cert = codes(names);
  },
};

function codes(names: readonly SignatureSchemeName[]): readonly number[] {
  return names.map((name) => SIGNATURE_SCHEMES[name].code);
}
