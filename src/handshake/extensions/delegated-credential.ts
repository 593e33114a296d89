import { ExtensionType } from "../../wire/code-points.ts";
import { SIGNATURE_SCHEMES } from "../signature-schemes.ts";
import {
  carriedAs,
  type ExtensionSpec,
  opaqueBody,
  u16ListBody,
} from "./spec.ts";

/** RFC 9345 4.1: schemes of the keys; beside a leaf the credential itself. */
export const delegatedCredential: ExtensionSpec = {
  name: "delegated_credential",
  type: ExtensionType.delegated_credential,
  carriers: {
    client_hello: carriedAs("delegated_credential", u16ListBody),
    certificate_request: carriedAs("delegated_credential", u16ListBody),
    certificate: carriedAs("delegated_credential", opaqueBody),
  },
  offer: ({ config: { delegatedCredentials: accepts } }, into) => {
    if (accepts !== undefined)
      into.delegated_credential = accepts.schemes.map(
        (name) => SIGNATURE_SCHEMES[name].code,
      );
  },
  request: ({ delegatedCredentials: accepts }, into) => {
    if (accepts !== undefined)
      into.delegated_credential = accepts.schemes.map(
        (name) => SIGNATURE_SCHEMES[name].code,
      );
  },
  staple: ({ delegation }, _asked, into) => {
    // Who chose the credential has seen that the peer takes it.
    if (delegation !== undefined) into.delegated_credential = delegation.bytes;
  },
};
