/**
 * Fingerprints of a ClientHello: what software it is likely to come from. They
 * are read off the raw bytes and say nothing that a client could not forge.
 */
import {
  asciiBytes,
  type BytesLike,
  latin1,
  toHex,
  viewBytes,
} from "../bytes.ts";
import { hashes } from "../crypto/noble/hashes.ts";
import { md5 } from "../crypto/noble/md5.ts";
import { ExtensionType, HandshakeType, isGrease } from "../wire/code-points.ts";
import { Reader } from "../wire/reader.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";

/**
 * JA3: the MD5, in hexadecimal, of {@link ja3Text}. Clients that shuffle their
 * extensions have a new one each time: see {@link ja4}.
 *
 * @param clientHello the handshake message as it came: `raw` of a ClientHello
 * @throws TlsError `malformed_message` for what is no ClientHello
 *
 * @example
 * ```ts
 * import { createClientConfig, TlsEngine } from "puretls/engine";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { ja3, ja4 } from "puretls/trace";
 * import { createVerifier, TrustStore } from "puretls/x509";
 *
 * const trustStore = new TrustStore();
 * const verifier = createVerifier({ provider, trustStore });
 * const client = TlsEngine.client(
 *   createClientConfig({ provider, verifier, alpnProtocols: ["h2"] }),
 *   "a.example",
 * );
 * const hello = client.takeOutput().subarray(5); // behind the record's header
 * if (!/^[0-9a-f]{32}$/.test(ja3(hello))) throw new Error();
 * if (!ja4(hello).startsWith("t13d")) throw new Error();
 * ```
 */
export function ja3(clientHello: BytesLike): string {
  return toHex(md5(asciiBytes(ja3Text(clientHello))));
}

/**
 * Returns the text that {@link ja3} is the hash of: version, suites,
 * extensions, groups and point formats as decimal numbers in the client's
 * order, without GREASE.
 *
 * @throws TlsError `malformed_message` for what is no ClientHello
 */
export function ja3Text(clientHello: BytesLike): string {
  const hello = readFacts(clientHello);
  return [
    [hello.version],
    hello.cipherSuites,
    hello.extensionTypes,
    hello.groups,
    hello.pointFormats,
  ]
    .map((numbers) => numbers.join("-"))
    .join();
}

/**
 * JA4 of a client over TCP: version, name, counts and ALPN in the clear, then
 * twelve digits of a SHA-256 of the sorted suites and one of the sorted
 * extensions with the signature algorithms.
 *
 * @param clientHello the handshake message as it came: `raw` of a ClientHello.
 *   See {@link ja3} for an example.
 * @throws TlsError `malformed_message` for what is no ClientHello
 */
export function ja4(clientHello: BytesLike): string {
  const [a, b, c] = partsOfJa4(clientHello);
  return [a, shortHash(b), shortHash(c)].join("_");
}

/**
 * The same without hashes, known as JA4_r. See {@link ja3} for an example.
 *
 * @throws TlsError `malformed_message` for what is no ClientHello
 */
export function ja4Text(clientHello: BytesLike): string {
  return partsOfJa4(clientHello).join("_");
}

/** Facts that the fingerprints are made of, without GREASE (RFC 8701). */
interface Facts {
  readonly version: number;
  readonly cipherSuites: readonly number[];
  readonly extensionTypes: readonly number[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  readonly supportedVersions: readonly number[];
  /** The first name of ALPN. */
  readonly protocol: Uint8Array | undefined;
}

function partsOfJa4(clientHello: BytesLike): [string, string, string] {
  const hello = readFacts(clientHello);
  const { cipherSuites, extensionTypes, supportedVersions } = hello;
  const hasName = extensionTypes.includes(ExtensionType.server_name);
  const version =
    supportedVersions.length === 0
      ? hello.version
      : Math.max(...supportedVersions);
  const a = [
    "t",
    VERSIONS.get(version) ?? "00",
    hasName ? "d" : "i",
    count(cipherSuites),
    count(extensionTypes),
    endsOf(hello.protocol),
  ];
  // The name and ALPN are told already, and change with the destination.
  const extensions = extensionTypes.filter((type) => !TOLD.includes(type));
  const schemes = hello.signatureAlgorithms.map(fourDigits).join();
  const c = [sorted(extensions), ...(schemes === "" ? [] : [schemes])];
  return [a.join(""), sorted(cipherSuites), c.join("_")];
}

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, "13"],
  [0x0303, "12"],
  [0x0302, "11"],
  [0x0301, "10"],
  [0x0300, "s3"],
  [0x0002, "s2"],
]);

const TOLD: readonly number[] = [
  ExtensionType.server_name,
  ExtensionType.application_layer_protocol_negotiation,
];

function readFacts(clientHello: BytesLike): Facts {
  const bytes = viewBytes(clientHello, "clientHello");
  return Reader.all(bytes, "ClientHello", (message) => {
    if (message.u8() !== HandshakeType.client_hello)
      throw new TlsError(reason.malformed_message, {
        detail: "not a ClientHello",
      });
    const reader = new Reader(message.opaque24(), "ClientHello");
    const version = reader.u16();
    reader.bytes(32);
    reader.opaque8();
    const cipherSuites = reader.list16(u16).filter(isKnown);
    reader.opaque8();
    const list =
      reader.left === 0
        ? []
        : reader.list16((r) => [r.u16(), r.opaque16()] as const);
    reader.end();
    const bodies = new Map(list);
    const read = <T>(
      type: number,
      parse: (body: Reader) => T,
    ): T | undefined => {
      const body = bodies.get(type);
      return body && Reader.all(body, "ClientHello extension", parse);
    };
    const numbers = (type: number): readonly number[] =>
      (read(type, (body) => body.list16(u16)) ?? []).filter(isKnown);
    return {
      version,
      cipherSuites,
      extensionTypes: list.map(([type]) => type).filter(isKnown),
      groups: numbers(ExtensionType.supported_groups),
      pointFormats:
        read(ExtensionType.ec_point_formats, (body) =>
          body.list8((r) => r.u8()),
        ) ?? [],
      signatureAlgorithms: numbers(ExtensionType.signature_algorithms),
      supportedVersions: (
        read(ExtensionType.supported_versions, (body) => body.list8(u16)) ?? []
      ).filter(isKnown),
      protocol: read(
        ExtensionType.application_layer_protocol_negotiation,
        (body) => body.list16((r) => r.opaque8()),
      )?.[0],
    };
  });
}

const u16 = (reader: Reader): number => reader.u16();
const isKnown = (code: number): boolean => !isGrease(code);

function count({ length }: readonly number[]): string {
  return String(Math.min(length, 99)).padStart(2, "0");
}

function fourDigits(code: number): string {
  return code.toString(16).padStart(4, "0");
}

function sorted(codes: readonly number[]): string {
  return codes.map(fourDigits).sort().join();
}

/** First and last letter, or digits of the bytes where these are no letters. */
function endsOf(protocol: Uint8Array | undefined): string {
  if (protocol === undefined || protocol.length === 0) return "00";
  const text = latin1(protocol);
  const isPlain = /^[0-9A-Za-z](.*[0-9A-Za-z])?$/s.test(text);
  const shown = isPlain ? text : toHex(protocol);
  return `${shown.charAt(0)}${shown.charAt(shown.length - 1)}`;
}

function shortHash(text: string): string {
  if (text === "") return "000000000000";
  return toHex(hashes["SHA-256"].hash(asciiBytes(text))).slice(0, 12);
}
