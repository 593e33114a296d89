/** Writes a ClientHello by hand: what puretls itself would never offer, too. */
import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { concatAll, latin1Bytes, NO_BYTES } from "../../bytes.ts";
import {
  CipherSuiteSignal,
  ContentType,
  ExtensionType,
  HandshakeType,
} from "../../wire/code-points.ts";
import { Writer } from "../../wire/writer.ts";

/** A type and a body. */
export type RawExtension = readonly [type: number, body: Uint8Array];

/** A hello to be written; lists that are not given make no extension. */
export interface Hello {
  /** legacy_version; also of the record's header, where it is not over 0x0301. */
  readonly version: number;
  /** supported_versions. */
  readonly versions?: readonly number[];
  readonly suites: readonly number[];
  /** Default: the null method alone. */
  readonly compressions?: readonly number[];
  readonly serverName?: string | undefined;
  readonly groups?: readonly number[];
  readonly schemes?: readonly number[];
  readonly shares?: readonly RawExtension[];
  readonly alpn?: readonly string[];
  readonly sessionId?: Uint8Array;
  /** Default: a new one. */
  readonly random?: Uint8Array;
  /** Further ones, behind the others. */
  readonly more?: readonly RawExtension[];
  /** Bytes that the handshake message must have at least: padding, RFC 7685. */
  readonly length?: number;
}

/** The handshake message. */
export function writeHello(hello: Hello): Uint8Array {
  const whole = encode(hello, undefined);
  const missing = (hello.length ?? 0) - whole.length;
  return missing <= 0 ? whole : encode(hello, Math.max(0, missing - 4));
}

function encode(hello: Hello, padding: number | undefined): Uint8Array {
  const extensions = extensionsOf(hello);
  if (padding !== undefined)
    extensions.push([ExtensionType.padding, new Uint8Array(padding)]);
  return new Writer(2048)
    .u8(HandshakeType.client_hello)
    .vector24((message) => {
      message
        .u16(hello.version)
        .bytes(hello.random ?? randomBytes(32))
        .opaque8(hello.sessionId ?? NO_BYTES)
        .vector16((list) => {
          for (const suite of hello.suites) list.u16(suite);
        })
        .opaque8(Uint8Array.from(hello.compressions ?? [0]));
      // SSL 3.0 has no extensions, and servers of it may not bear any.
      if (extensions.length === 0) return;
      message.vector16((list) => {
        for (const [type, body] of extensions) list.u16(type).opaque16(body);
      });
    })
    .finish();
}

/**
 * The message in records, each of which has so many bytes of it.
 *
 * @param most the default is what a record can hold
 */
export function inRecords(
  message: Uint8Array,
  version: number,
  most = 1 << 14,
): Uint8Array {
  const records: Uint8Array[] = [];
  const recordVersion = Math.min(version, 0x0301);
  for (let at = 0; at < message.length; at += most)
    records.push(
      new Writer(2048)
        .u8(ContentType.handshake)
        .u16(recordVersion)
        .opaque16(message.subarray(at, at + most))
        .finish(),
    );
  return concatAll(records);
}

function extensionsOf(hello: Hello): RawExtension[] {
  const { serverName: name, groups, schemes, alpn, shares, versions } = hello;
  const list: RawExtension[] = [];
  const add = (type: number, body: (writer: Writer) => Writer): void => {
    list.push([type, body(new Writer()).finish()]);
  };
  if (name !== undefined && isIP(name) === 0)
    add(ExtensionType.server_name, (w) =>
      w.vector16((names) => names.u8(0).opaque16(latin1Bytes(name))),
    );
  if (groups !== undefined) {
    add(ExtensionType.supported_groups, (w) => numbers(w, groups));
    // RFC 8422 5.1.2: uncompressed.
    list.push([ExtensionType.ec_point_formats, Uint8Array.of(1, 0)]);
  }
  if (schemes !== undefined)
    add(ExtensionType.signature_algorithms, (w) => numbers(w, schemes));
  if (alpn !== undefined)
    add(ExtensionType.application_layer_protocol_negotiation, (w) =>
      w.vector16((protocols) => {
        for (const one of alpn) protocols.opaque8(latin1Bytes(one));
      }),
    );
  if (versions !== undefined)
    add(ExtensionType.supported_versions, (w) =>
      w.vector8((inner) => {
        for (const version of versions) inner.u16(version);
      }),
    );
  if (shares !== undefined)
    add(ExtensionType.key_share, (w) =>
      w.vector16((inner) => {
        for (const [group, share] of shares) inner.u16(group).opaque16(share);
      }),
    );
  return [...list, ...(hello.more ?? [])];
}

function numbers(writer: Writer, codes: readonly number[]): Writer {
  return writer.vector16((list) => {
    for (const code of codes) list.u16(code);
  });
}

/** The signal that stands for renegotiation_info, RFC 5746 3.3. */
export const RENEGOTIATION_SIGNAL =
  CipherSuiteSignal.TLS_EMPTY_RENEGOTIATION_INFO_SCSV;
