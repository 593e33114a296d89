/** EncodedClientHelloInner: RFC 9849 5.1 and 6.1.3. */
import { equal, NO_BYTES } from "../bytes.ts";
import { TlsError } from "../errors.ts";
import * as reason from "../reasons.ts";
import { ExtensionType, HandshakeType } from "../wire/code-points.ts";
import { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";

/** ech_outer_extensions, RFC 9849 5.1: it never stands in a real hello. */
const OUTER_EXTENSIONS = 0xfd00;

/** A ClientHello in its parts. Arrays are views. */
export interface HelloParts {
  /** legacy_version and random. */
  readonly head: Uint8Array;
  readonly sessionId: Uint8Array;
  /** Cipher suites and compression methods, with their lengths. */
  readonly middle: Uint8Array;
  readonly extensions: readonly HelloExtension[];
}

interface HelloExtension {
  readonly type: number;
  readonly body: Uint8Array;
}

/** @throws TlsError for a body of a ClientHello that does not parse */
export function splitHello(body: Uint8Array): HelloParts {
  return Reader.all(body, "ClientHello", readParts);
}

/**
 * The encoding of an inner hello (a whole message each) beside its outer one:
 * the longest run of extensions that both have is told by type alone.
 */
export function encodeInnerHello(
  inner: Uint8Array,
  outer: Uint8Array,
  maximumNameLength: number,
): Uint8Array {
  const parts = splitHello(inner.subarray(4));
  const run = commonRun(parts.extensions, splitHello(outer.subarray(4)));
  const writer = writeHello(parts, NO_BYTES, (list) => {
    parts.extensions.forEach(({ type, body }, index) => {
      if (index === run.from)
        list.u16(OUTER_EXTENSIONS).vector16((w) =>
          w.vector8((types) => {
            for (const one of parts.extensions.slice(run.from, run.to))
              types.u16(one.type);
          }),
        );
      if (index < run.from || index >= run.to) list.u16(type).opaque16(body);
    });
  });
  return writer
    .bytes(new Uint8Array(paddingOf(parts, writer.length, maximumNameLength)))
    .finish();
}

/**
 * The inner hello, a whole message, of its encoding and the body of the outer
 * one.
 *
 * @throws TlsError
 */
export function decodeInnerHello(
  encoded: Uint8Array,
  outer: HelloParts,
): Uint8Array {
  const reader = new Reader(encoded, "EncodedClientHelloInner");
  const parts = readParts(reader);
  if (reader.rest().some((byte) => byte !== 0))
    throw illegal("EncodedClientHelloInner: padding that is not zero");
  if (parts.sessionId.length > 0)
    throw illegal("EncodedClientHelloInner: a session id");
  if (parts.extensions.filter(isReference).length > 1)
    throw illegal("ech_outer_extensions: twice");
  const extensions = parts.extensions.flatMap((extension) =>
    isReference(extension)
      ? referenced(extension.body, outer.extensions)
      : [extension],
  );
  checkSize(extensions);
  const body = writeHello(parts, outer.sessionId, (list) => {
    for (const { type, body: content } of extensions)
      list.u16(type).opaque16(content);
  }).finish();
  return new Writer(body.length + 4)
    .u8(HandshakeType.client_hello)
    .opaque24(body)
    .finish();
}

function readParts(reader: Reader): HelloParts {
  const head = reader.bytes(34);
  const sessionId = reader.opaque8();
  const suites = reader.opaque16(2);
  const methods = reader.opaque8(1);
  const middle = new Writer(suites.length + methods.length + 3)
    .opaque16(suites)
    .opaque8(methods)
    .finish();
  const extensions = reader.list16((r) => ({
    type: r.u16(),
    body: r.opaque16(),
  }));
  return { head, sessionId, middle, extensions };
}

function writeHello(
  { head, middle }: HelloParts,
  sessionId: Uint8Array,
  extensions: (list: Writer) => void,
): Writer {
  return new Writer(2048)
    .bytes(head)
    .opaque8(sessionId)
    .bytes(middle)
    .vector16(extensions);
}

/**
 * RFC 9849 5.1: the types that were left out, in the order of the outer hello,
 * each once, and never encrypted_client_hello itself. One walk along the outer
 * extensions does it: an order that is another finds the end.
 */
function referenced(
  body: Uint8Array,
  outer: readonly HelloExtension[],
): readonly HelloExtension[] {
  const types = Reader.all(body, "ech_outer_extensions", (reader) =>
    reader.list8((r) => r.u16(), 1),
  );
  let at = 0;
  return types.map((type) => {
    while (at < outer.length && outer[at]?.type !== type) at++;
    const found = outer[at++];
    if (found === undefined || type === ExtensionType.encrypted_client_hello)
      throw illegal(`ech_outer_extensions: type ${type}`);
    return found;
  });
}

function isReference({ type }: HelloExtension): boolean {
  return type === OUTER_EXTENSIONS;
}

function checkSize(extensions: readonly HelloExtension[]): void {
  let size = 0;
  for (const { body } of extensions) size += 4 + body.length;
  if (size > 0xffff)
    throw illegal("ech_outer_extensions: more than a hello can have");
}

/** The extensions that say the same in both hellos, in the same order. */
function commonRun(
  inner: readonly HelloExtension[],
  { extensions: outer }: HelloParts,
): { readonly from: number; readonly to: number } {
  let best = { from: -1, to: -1, size: 0 };
  for (let from = 0; from < inner.length; from++) {
    let at = 0;
    let to = from;
    let size = 0;
    for (; to < inner.length && to - from < 127; to++) {
      const one = inner[to];
      if (one === undefined || NEVER_SHARED.has(one.type)) break;
      while (at < outer.length && outer[at]?.type !== one.type) at++;
      const other = outer[at++];
      if (other === undefined || !equal(one.body, other.body)) break;
      size += 4 + one.body.length;
    }
    if (size > best.size) best = { from, to, size };
  }
  return best;
}

/** RFC 9849 5.1, and RFC 9846 4.3.11: a binder covers what stands before it. */
const NEVER_SHARED: ReadonlySet<number> = new Set([
  ExtensionType.encrypted_client_hello,
  ExtensionType.pre_shared_key,
  OUTER_EXTENSIONS,
]);

/** RFC 9849 6.1.3: the length tells nothing of the name's. */
function paddingOf(
  { extensions }: HelloParts,
  length: number,
  maximumNameLength: number,
): number {
  const name = extensions.find(
    ({ type }) => type === ExtensionType.server_name,
  );
  // The list, its one entry's type and two lengths come before the name.
  const forName =
    name === undefined
      ? maximumNameLength + 9
      : Math.max(0, maximumNameLength - (name.body.length - 5));
  const padded = length + forName;
  return forName + (31 - ((padded - 1) % 32));
}

function illegal(detail: string): TlsError {
  return new TlsError(reason.illegal_parameter, { detail });
}
