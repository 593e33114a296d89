/** Names each field of a handshake message or an alert, and its section. */
import { equal } from "../../bytes.ts";
import { HELLO_RETRY_RANDOM } from "../../handshake/messages/server-hello.ts";
import type { CipherSuite } from "../../handshake/registries/cipher-suites.ts";
import {
  HandshakeType,
  type HandshakeTypeName,
  nameOf,
} from "../../wire/code-points.ts";
import {
  compressionName,
  groupName,
  schemeName,
  suiteName,
  versionName,
} from "../words.ts";
import { alertWord, extensions, word } from "./extensions.ts";
import { hexOf, lengthOf, Walk, type WireField } from "./walk.ts";

export type { WireField };

/** The facts of a connection that decide how a message is read. */
export interface DissectContext {
  /** Undefined until the server has chosen. */
  readonly suite: CipherSuite | undefined;
}

type Message = (walk: Walk, suite: CipherSuite | undefined) => void;
type Row = readonly [section: string, message: Message];

const nothing: Message = () => undefined;

/** Bodies of TLS 1.3, and of both versions. */
const MESSAGES: Partial<Record<HandshakeTypeName, Row>> = {
  hello_request: ["RFC 5246 7.4.1.1", nothing],
  client_hello: ["RFC 9846 4.2.2", clientHello],
  server_hello: ["RFC 9846 4.2.3", serverHello],
  new_session_ticket: [
    "RFC 9846 4.7.1",
    (walk) => {
      walk.number("ticket_lifetime", 4, (value) => `${value} s`);
      walk.number("ticket_age_add", 4);
      walk.vector("ticket_nonce", 1, hexOf);
      walk.vector("ticket", 2);
      extensions(walk, "new_session_ticket");
    },
  ],
  end_of_early_data: ["RFC 9846 4.6", nothing],
  encrypted_extensions: [
    "RFC 9846 4.4.1",
    (walk) => {
      extensions(walk, "encrypted_extensions");
    },
  ],
  certificate: [
    "RFC 9846 4.5.1",
    (walk) => {
      walk.vector("certificate_request_context", 1, hexOf);
      walk.inside("certificate_list", 3, () => {
        walk.vector("cert_data", 3);
        extensions(walk, "certificate");
      });
    },
  ],
  compressed_certificate: [
    "RFC 8879 4",
    (walk) => {
      walk.number("algorithm", 2, compressionName);
      walk.number("uncompressed_length", 3);
      walk.vector("compressed_certificate_message", 3);
    },
  ],
  certificate_request: [
    "RFC 9846 4.4.2",
    (walk) => {
      walk.vector("certificate_request_context", 1, hexOf);
      extensions(walk, "certificate_request");
    },
  ],
  certificate_verify: ["RFC 9846 4.5.2", certificateVerify],
  finished: [
    "RFC 9846 4.5.3",
    (walk) => {
      walk.rest("verify_data", hexOf);
    },
  ],
  key_update: [
    "RFC 9846 4.7.3",
    (walk) => {
      walk.number("request_update", 1, (code) =>
        word({ update_not_requested: 0, update_requested: 1 }, code),
      );
    },
  ],
};

/** Bodies that TLS 1.2 has under the same types, and its own. */
const MESSAGES_12: typeof MESSAGES = {
  new_session_ticket: [
    "RFC 5077 3.3",
    (walk) => {
      walk.number("ticket_lifetime_hint", 4, (value) => `${value} s`);
      walk.vector("ticket", 2);
    },
  ],
  certificate: [
    "RFC 5246 7.4.2",
    (walk) => {
      walk.inside("certificate_list", 3, () => {
        walk.vector("certificate", 3);
      });
    },
  ],
  certificate_status: [
    "RFC 6066 8",
    (walk) => {
      walk.number("status_type", 1, (code) => word({ ocsp: 1 }, code));
      walk.vector("response", 3);
    },
  ],
  server_key_exchange: ["RFC 8422 5.4", serverKeyExchange],
  certificate_request: [
    "RFC 5246 7.4.4",
    (walk) => {
      walk.list("certificate_types", 1, 1, (code) =>
        word({ rsa_sign: 1, dss_sign: 2, ecdsa_sign: 64 }, code),
      );
      walk.list("supported_signature_algorithms", 2, 2, schemeName);
      walk.inside("certificate_authorities", 2, () => {
        walk.vector("distinguished_name", 2);
      });
    },
  ],
  server_hello_done: ["RFC 5246 7.4.5", nothing],
  certificate_verify: ["RFC 5246 7.4.8", certificateVerify],
  client_key_exchange: [
    "RFC 5246 7.4.7",
    (walk) => {
      walk.rest("exchange_keys", hexOf);
    },
  ],
  finished: [
    "RFC 5246 7.4.9",
    (walk) => {
      walk.rest("verify_data", hexOf);
    },
  ],
};

/**
 * Names each field of a handshake message, header included. The bytes of the
 * fields, one after the other, are those of the message, whatever it holds.
 */
export function dissectMessage(
  raw: Uint8Array,
  { suite }: DissectContext,
): readonly WireField[] {
  const walk = new Walk(raw, "RFC 9846 4");
  walk.guarded(() => {
    const name = nameOf(HandshakeType, raw[0] ?? -1);
    walk.number("msg_type", 1, (code) => word(HandshakeType, code));
    walk.number("length", 3);
    const is12 = suite?.version === "TLSv1.2";
    const row =
      name && ((is12 ? MESSAGES_12[name] : undefined) ?? MESSAGES[name]);
    if (row === undefined) {
      walk.rest("body");
      return;
    }
    const [section, message] = row;
    walk.section = section;
    message(walk, suite);
  });
  return walk.fields;
}

/** The two fields of an alert. */
export function dissectAlert(raw: Uint8Array): readonly WireField[] {
  const walk = new Walk(raw, "RFC 9846 6");
  walk.guarded(() => {
    walk.number("level", 1, (code) => word({ warning: 1, fatal: 2 }, code));
    walk.number("description", 1, alertWord);
  });
  return walk.fields;
}

/** Tells whether a ServerHello is a HelloRetryRequest, RFC 9846 4.2.3. */
export function isRetry(raw: Uint8Array): boolean {
  return equal(raw.subarray(6, 38), HELLO_RETRY_RANDOM);
}

function clientHello(walk: Walk): void {
  walk.number("legacy_version", 2, versionName);
  walk.opaque("random", 32, hexOf);
  walk.vector("legacy_session_id", 1, hexOf);
  walk.list("cipher_suites", 2, 2, suiteName);
  walk.list("legacy_compression_methods", 1, 1, (code) =>
    word({ null: 0 }, code),
  );
  if (walk.left > 0) extensions(walk, "client_hello");
}

function serverHello(walk: Walk): void {
  let isSecond = false;
  walk.number("legacy_version", 2, versionName);
  walk.opaque("random", 32, (bytes) => {
    isSecond = equal(bytes, HELLO_RETRY_RANDOM);
    return isSecond ? "SHA-256 of HelloRetryRequest" : hexOf(bytes);
  });
  if (isSecond) walk.section = "RFC 9846 4.2.4";
  walk.vector("legacy_session_id_echo", 1, hexOf);
  walk.number("cipher_suite", 2, suiteName);
  walk.number("legacy_compression_method", 1, (code) =>
    word({ null: 0 }, code),
  );
  if (walk.left > 0)
    extensions(walk, isSecond ? "hello_retry_request" : "server_hello");
}

/** The type of a curve that is named, RFC 8422 5.4. */
const NAMED_CURVE = 3;

function serverKeyExchange(walk: Walk, suite: CipherSuite | undefined): void {
  const isEcdhe =
    suite?.name.startsWith("TLS_ECDHE_") === true &&
    !suite.name.startsWith("TLS_ECDHE_PSK") &&
    walk.peek(0, 1) === NAMED_CURVE;
  if (!isEcdhe) {
    walk.section = "RFC 5246 7.4.3";
    walk.rest("params", lengthOf);
    return;
  }
  walk.number("curve_type", 1, (code) => word({ named_curve: 3 }, code));
  walk.number("namedcurve", 2, groupName);
  walk.vector("public", 1, hexOf);
  certificateVerify(walk);
}

function certificateVerify(walk: Walk): void {
  walk.number("algorithm", 2, schemeName);
  walk.vector("signature", 2, hexOf);
}
