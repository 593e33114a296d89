/** Walks through the extensions of a message. */
import { alertName } from "../../errors.ts";
import { PSK_MODES } from "../../handshake/registries/psk-modes.ts";
import {
  ExtensionType,
  type ExtensionTypeName,
  nameOf,
} from "../../wire/code-points.ts";
import {
  compressionName,
  extensionNames,
  groupName,
  schemeName,
  versionName,
} from "../words.ts";
import { hexOf, textOf, type Walk } from "./walk.ts";

/** The messages that carry extensions, by the shape of these. */
export type Carrier =
  | "client_hello"
  | "server_hello"
  | "hello_retry_request"
  | "encrypted_extensions"
  | "certificate"
  | "certificate_request"
  | "new_session_ticket";

type Body = (walk: Walk, carrier: Carrier) => void;
type Row = readonly [section: string, body: Body];

const isClient = (carrier: Carrier): boolean => carrier === "client_hello";
const nothing: Body = (walk) => {
  walk.rest("data");
};
const opaque: Body = nothing;
const schemes: Body = (walk) => {
  walk.list("supported_signature_algorithms", 2, 2, schemeName);
};
/** A list where the client offers, one of it where the server chooses. */
const certificateTypes: Body = (walk, carrier) => {
  if (isClient(carrier)) walk.list("certificate_types", 1, 1, certificateType);
  else walk.number("certificate_type", 1, certificateType);
};

const EXTENSIONS: Record<ExtensionTypeName, Row> = {
  server_name: [
    "RFC 6066 3",
    (walk) => {
      walk.inside("server_name_list", 2, () => {
        walk.number("name_type", 1, (code) => word({ host_name: 0 }, code));
        walk.vector("host_name", 2, textOf);
      });
    },
  ],
  max_fragment_length: [
    "RFC 6066 4",
    (walk) => {
      walk.number("max_fragment_length", 1, (code) => `2^${code + 8} bytes`);
    },
  ],
  status_request: [
    "RFC 6066 8",
    (walk, carrier) => {
      walk.number("status_type", 1, (code) => word({ ocsp: 1 }, code));
      if (carrier === "certificate") {
        walk.vector("response", 3);
        return;
      }
      walk.vector("responder_id_list", 2);
      walk.vector("request_extensions", 2);
    },
  ],
  supported_groups: [
    "RFC 9846 4.3.7",
    (walk) => {
      walk.list("named_group_list", 2, 2, groupName);
    },
  ],
  ec_point_formats: [
    "RFC 8422 5.1.2",
    (walk) => {
      walk.list("ec_point_format_list", 1, 1, (code) =>
        word({ uncompressed: 0 }, code),
      );
    },
  ],
  signature_algorithms: ["RFC 9846 4.3.3", schemes],
  signature_algorithms_cert: ["RFC 9846 4.3.3", schemes],
  application_layer_protocol_negotiation: [
    "RFC 7301 3.1",
    (walk) => {
      walk.inside("protocol_name_list", 2, () => {
        walk.vector("protocol_name", 1, textOf);
      });
    },
  ],
  signed_certificate_timestamp: ["RFC 6962 3.3", opaque],
  client_certificate_type: ["RFC 7250 3", certificateTypes],
  server_certificate_type: ["RFC 7250 3", certificateTypes],
  padding: ["RFC 7685 3", opaque],
  encrypt_then_mac: ["RFC 7366 2", nothing],
  extended_main_secret: ["RFC 7627 5.1", nothing],
  compress_certificate: [
    "RFC 8879 3",
    (walk) => {
      walk.list("algorithms", 1, 2, compressionName);
    },
  ],
  record_size_limit: [
    "RFC 8449 4",
    (walk) => {
      walk.number("record_size_limit", 2);
    },
  ],
  delegated_credential: [
    "RFC 9345 4.1.1",
    (walk, carrier) => {
      if (carrier === "certificate") walk.rest("delegated_credential");
      else schemes(walk, carrier);
    },
  ],
  session_ticket: [
    "RFC 5077 3.2",
    (walk) => {
      walk.rest("ticket");
    },
  ],
  pre_shared_key: [
    "RFC 9846 4.3.11",
    (walk, carrier) => {
      if (!isClient(carrier)) {
        walk.number("selected_identity", 2);
        return;
      }
      walk.inside("identities", 2, () => {
        walk.vector("identity", 2);
        walk.number("obfuscated_ticket_age", 4);
      });
      walk.section = "RFC 9846 4.3.11.2";
      walk.inside("binders", 2, () => {
        walk.vector("binder", 1, hexOf);
      });
    },
  ],
  early_data: [
    "RFC 9846 4.3.10",
    (walk, carrier) => {
      if (carrier === "new_session_ticket")
        walk.number("max_early_data_size", 4);
    },
  ],
  supported_versions: [
    "RFC 9846 4.3.1",
    (walk, carrier) => {
      if (isClient(carrier)) walk.list("versions", 1, 2, versionName);
      else walk.number("selected_version", 2, versionName);
    },
  ],
  cookie: [
    "RFC 9846 4.3.2",
    (walk) => {
      walk.vector("cookie", 2);
    },
  ],
  psk_key_exchange_modes: [
    "RFC 9846 4.3.9",
    (walk) => {
      walk.list("ke_modes", 1, 1, (code) => word(PSK_MODES, code));
    },
  ],
  certificate_authorities: [
    "RFC 9846 4.3.4",
    (walk) => {
      walk.inside("authorities", 2, () => {
        walk.vector("distinguished_name", 2);
      });
    },
  ],
  oid_filters: [
    "RFC 9846 4.3.5",
    (walk) => {
      walk.vector("filters", 2);
    },
  ],
  post_handshake_auth: ["RFC 9846 4.3.6", nothing],
  tls_cert_with_extern_psk: ["RFC 8773 5", nothing],
  key_share: [
    "RFC 9846 4.3.8",
    (walk, carrier) => {
      const entry = (): void => {
        walk.number("group", 2, groupName);
        walk.vector("key_exchange", 2, hexOf);
      };
      if (isClient(carrier)) walk.inside("client_shares", 2, entry);
      else if (carrier === "server_hello") entry();
      else walk.number("selected_group", 2, groupName);
    },
  ],
  encrypted_client_hello: ["RFC 9849 5", opaque],
  renegotiation_info: [
    "RFC 5746 3.2",
    (walk) => {
      walk.vector("renegotiated_connection", 1, hexOf);
    },
  ],
};

/** The vector of extensions at the end of a message. */
export function extensions(walk: Walk, carrier: Carrier): void {
  walk.section = "RFC 9846 4.3";
  walk.inside("extensions", 2, () => {
    const type = walk.peek(0, 2) ?? 0;
    const length = walk.peek(2, 2) ?? 0;
    const known = nameOf(ExtensionType, type);
    const [section, body] =
      known === undefined
        ? (["not in RFC 9846", opaque] as const)
        : EXTENSIONS[known];
    walk.section = section;
    walk.group(extensionNames([type]), 4, length, () => {
      body(walk, carrier);
    });
  });
}

/** RFC 7250 and the registry of certificate types. */
function certificateType(code: number): string {
  return word({ X509: 0, RawPublicKey: 2 }, code);
}

/** A number's name in a table. */
export function word(table: Record<string, number>, code: number): string {
  return nameOf(table, code) ?? `unknown (${code})`;
}

/** An alert's name. */
export function alertWord(code: number): string {
  return alertName(code) ?? `unknown (${code})`;
}
