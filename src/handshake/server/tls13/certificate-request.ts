import { NO_BYTES } from "../../../bytes.ts";
import type { ServerConfig } from "../../config/config.ts";
import type { Extensions } from "../../extensions/spec.ts";
import { extensionTypes, requestExtensions } from "../../extensions/table.ts";
import { encodeCertificateRequest13 } from "../../messages/certificate-request13.ts";
import { greasedSchemes, greasedShape } from "../grease.ts";
import { SIGNATURE_SCHEMES } from "../../registries/signature-schemes.ts";

// [9846-4.4.2-04a]
/** RFC 9846 4.4.2; in the handshake the context is empty. */
export function certificateRequest(
  config: ServerConfig,
  context: Uint8Array = NO_BYTES,
): Uint8Array {
  const shape = greasedShape(config, config.shapes.certificate_request);
  const asked = bodies(config);
  const signature_algorithms = greasedSchemes(
    config,
    asked.signature_algorithms ?? [],
  );
  return encodeCertificateRequest13(
    config.protocol.extensions,
    context,
    { ...asked, signature_algorithms },
    shape,
  );
}

// [9846-4.5.1-07]
/**
 * Returns the extensions that a client may send with its certificates: RFC 9846
 * 4.5.1.
 */
export function requestedTypes(config: ServerConfig): ReadonlySet<number> {
  const shape = config.shapes.certificate_request;
  const { extensions } = config.protocol;
  return new Set(
    extensionTypes(extensions, "certificate_request", bodies(config), shape),
  );
}

function bodies(config: ServerConfig): Extensions<"certificate_request"> {
  const { signatureSchemes } = config;
  return {
    // [9846-4.4.2-06a]
    signature_algorithms: signatureSchemes.map(
      (name) => SIGNATURE_SCHEMES[name].code,
    ),
    ...requestExtensions(config.protocol.extensions, config),
  };
}
