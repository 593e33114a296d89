/** What a handshake message says, as pairs of words for people. */
import { printable, toHex } from "../bytes.ts";
import { CIPHER_SUITES } from "../handshake/cipher-suites.ts";
import { GROUPS } from "../handshake/groups.ts";
import { readCertificate13 } from "../handshake/messages/certificate13.ts";
import { readCertificateVerify } from "../handshake/messages/certificate-verify.ts";
import { readClientHello } from "../handshake/messages/client-hello.ts";
import type { RawMessage } from "../handshake/messages/codec.ts";
import { readEncryptedExtensions } from "../handshake/messages/encrypted-extensions.ts";
import { readKeyUpdate } from "../handshake/messages/key-update.ts";
import { readNewSessionTicket13 } from "../handshake/messages/new-session-ticket13.ts";
import { readServerHello } from "../handshake/messages/server-hello.ts";
import { SIGNATURE_SCHEMES } from "../handshake/signature-schemes.ts";
import {
  ExtensionType,
  type HandshakeTypeName,
  isGrease,
  nameOf,
  ProtocolVersion,
} from "../wire/code-points.ts";

/** A field's name and what it says. */
export type Field = readonly [name: string, value: string];

type Describe = (message: RawMessage) => readonly Field[];

const DESCRIPTIONS: Partial<Record<HandshakeTypeName, Describe>> = {
  client_hello: describeClientHello,
  server_hello: describeServerHello,
  encrypted_extensions: (message) => {
    const { extensions, extensionTypes } = readEncryptedExtensions(message);
    const alpn = extensions.application_layer_protocol_negotiation;
    return [...protocols(alpn), ["extensions", extensionNames(extensionTypes)]];
  },
  certificate: (message) => {
    const sizes = readCertificate13(message).entries.map(
      ({ certificate }) => `${certificate.length} bytes`,
    );
    return [["certificates", sizes.join(", ") || "none"]];
  },
  certificate_verify: (message) => {
    const { algorithm } = readCertificateVerify(message);
    return [["algorithm", schemeName(algorithm)]];
  },
  new_session_ticket: (message) => {
    const { lifetime } = readNewSessionTicket13(message);
    return [["lifetime", `${lifetime} s`]];
  },
  key_update: (message) => {
    const { updateRequested } = readKeyUpdate(message);
    return [["update requested", updateRequested ? "yes" : "no"]];
  },
};

/** Fields of a message; one that does not parse says so. */
export function describeMessage(
  name: HandshakeTypeName | undefined,
  message: RawMessage,
): readonly Field[] {
  const describe = name && DESCRIPTIONS[name];
  if (!describe) return [];
  try {
    return describe(message);
  } catch (error) {
    const text = error instanceof Error ? error.message : "unreadable";
    return [["malformed", printable(text)]];
  }
}

function describeClientHello(message: RawMessage): readonly Field[] {
  const hello = readClientHello(message);
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
    ["extensions", extensionNames(hello.extensionTypes)],
  ];
}

function describeServerHello(message: RawMessage): readonly Field[] {
  const hello = readServerHello(message);
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

function names(
  codes: readonly number[],
  one: (code: number) => string,
): string {
  return codes.map(one).join(", ") || "none";
}

function extensionNames(types: readonly number[]): string {
  return names(types, (type) => known(nameOf(ExtensionType, type), type));
}

function versionName(code: number): string {
  return known(nameOf(ProtocolVersion, code), code);
}

function suiteName(code: number): string {
  const row = Object.values(CIPHER_SUITES).find((one) => one.code === code);
  return known(row?.name, code);
}

function groupName(code: number): string {
  return known(nameOf(GROUPS, code), code);
}

function schemeName(code: number): string {
  const row = Object.values(SIGNATURE_SCHEMES).find((s) => s.code === code);
  return known(row?.name, code);
}

function known(name: string | undefined, code: number): string {
  if (name !== undefined) return name;
  return isGrease(code)
    ? "GREASE"
    : `0x${toHex(Uint8Array.of(code >> 8, code))}`;
}
