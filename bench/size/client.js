// A client of TLS 1.3 with X.509, on no more rows than it needs, with no
// feature: it goes on from no session and shows no certificate.
export { smallProvider as provider } from "./small-provider.js";
export {
  createVerifierOf,
  constrainedNames,
  TrustStore,
} from "../../dist/x509/index.js";
export { TlsEngine } from "../../dist/engine/index.js";
export { createClientConfigOf } from "../../dist/engine/tls13.js";
