/** Describes a handshake message, as pairs of words for people. */
import { printable } from "../bytes.ts";
import { EVERY_EXTENSION } from "../handshake/features/every-feature.ts";
import type { CipherSuite } from "../handshake/registries/cipher-suites.ts";
import type { CertificateCompressor } from "../handshake/credentials/certificate-compressor.ts";
import { readCertificateVerify } from "../handshake/messages/certificate-verify.ts";
import { readClientHello } from "../handshake/messages/client-hello.ts";
import type { RawMessage } from "../handshake/messages/codec.ts";
import { readEncryptedExtensions } from "../handshake/messages/encrypted-extensions.ts";
import { readKeyUpdate } from "../handshake/messages/key-update.ts";
import { readNewSessionTicket13 } from "../handshake/messages/new-session-ticket13.ts";
import { readServerHello } from "../handshake/messages/server-hello.ts";
import type { HandshakeTypeName } from "../wire/code-points.ts";
import {
  describeCertificate,
  describeCertificate12,
  describeCompressed,
  describeRequest,
} from "./describe-certificates.ts";
import {
  compressionName,
  extensionNames,
  type Field,
  groupName,
  names,
  schemeName,
  suiteName,
  versionName,
} from "./words.ts";

/** Facts about the connection, and secrets of a program to know more. */
export interface DescribeContext {
  readonly suite: CipherSuite | undefined;
  readonly certificateCompression: readonly CertificateCompressor[];
}

type Describe = (
  message: RawMessage,
  context: DescribeContext,
) => readonly Field[];

const DESCRIPTIONS: Partial<Record<HandshakeTypeName, Describe>> = {
  client_hello: describeClientHello,
  server_hello: describeServerHello,
  encrypted_extensions: (message) => {
    const { extensions, extensionTypes } = readEncryptedExtensions(
      message,
      EVERY_EXTENSION,
    );
    const {
      application_layer_protocol_negotiation: alpn,
      encrypted_client_hello: configs,
      record_size_limit: limit,
    } = extensions;
    return [
      ...protocols(alpn),
      ...bytesField("ECH retry configs", configs?.length),
      ...bytesField("record size limit", limit),
      ["extensions", extensionNames(extensionTypes)],
    ];
  },
  certificate: describeCertificate,
  compressed_certificate: (message, { certificateCompression }) =>
    describeCompressed(message, certificateCompression),
  certificate_request: describeRequest,
  certificate_verify: (message) => {
    const { algorithm } = readCertificateVerify(message);
    return [["algorithm", schemeName(algorithm)]];
  },
  new_session_ticket: (message) => {
    const { lifetime } = readNewSessionTicket13(message, EVERY_EXTENSION);
    return [["lifetime", `${lifetime} s`]];
  },
  key_update: (message) => {
    const { updateRequested } = readKeyUpdate(message);
    return [["update requested", updateRequested ? "yes" : "no"]];
  },
};

/** TLS 1.2 has other bodies under some of the names; those are not read. */
const DESCRIPTIONS12: typeof DESCRIPTIONS = {
  client_hello: describeClientHello,
  server_hello: describeServerHello,
  certificate: describeCertificate12,
};

/** Fields of a message; one that does not parse says so. */
export function describeMessage(
  name: HandshakeTypeName | undefined,
  message: RawMessage,
  context: DescribeContext,
): readonly Field[] {
  const descriptions =
    context.suite?.version === "TLSv1.2" ? DESCRIPTIONS12 : DESCRIPTIONS;
  const describe = name && descriptions[name];
  if (!describe) return [];
  try {
    return describe(message, context);
  } catch (error) {
    const text = error instanceof Error ? error.message : "unreadable";
    return [["malformed", printable(text)]];
  }
}

function describeClientHello(message: RawMessage): readonly Field[] {
  const hello = readClientHello(message, EVERY_EXTENSION);
  const { extensions } = hello;
  const name = extensions.server_name;
  return [
    ...(name === undefined
      ? []
      : ([["server_name", printable(name)]] as const)),
    ["versions", names(extensions.supported_versions ?? [], versionName)],
    ["suites", names(hello.cipherSuites, suiteName)],
    ["groups", names(extensions.supported_groups ?? [], groupName)],
    [
      "key shares",
      names(
        (extensions.key_share ?? []).map((e) => e.group),
        groupName,
      ),
    ],
    ...protocols(extensions.application_layer_protocol_negotiation),
    ...(extensions.compress_certificate === undefined
      ? []
      : ([
          [
            "certificate compression",
            names(extensions.compress_certificate, compressionName),
          ],
        ] as const)),
    ...bytesField("ECH", extensions.encrypted_client_hello?.length),
    ...bytesField("record size limit", extensions.record_size_limit),
    ["extensions", extensionNames(hello.extensionTypes)],
  ];
}

function describeServerHello(message: RawMessage): readonly Field[] {
  const hello = readServerHello(message, EVERY_EXTENSION);
  const retry = hello.kind === "hello_retry_request";
  if (hello.kind === "server_hello12")
    return [
      ["version", versionName(hello.legacyVersion)],
      ["suite", suiteName(hello.cipherSuite)],
      ["extensions", extensionNames(hello.extensionTypes)],
    ];
  const share = hello.extensions.key_share;
  const group = typeof share === "number" ? share : share?.group;
  const { supported_versions: version = hello.legacyVersion } =
    hello.extensions;
  return [
    ...(retry ? ([["kind", "HelloRetryRequest"]] as const) : []),
    ["version", versionName(version)],
    ["suite", suiteName(hello.cipherSuite)],
    ...(group === undefined ? [] : ([["group", groupName(group)]] as const)),
    ...(retry && hello.extensions.cookie
      ? ([["cookie", `${hello.extensions.cookie.length} bytes`]] as const)
      : []),
  ];
}

function protocols(list: readonly string[] | undefined): readonly Field[] {
  if (list === undefined) return [];
  return [["alpn", list.map((name) => printable(name)).join(", ")]];
}

function bytesField(name: string, bytes: number | undefined): readonly Field[] {
  return bytes === undefined ? [] : [[name, `${bytes} bytes`]];
}
