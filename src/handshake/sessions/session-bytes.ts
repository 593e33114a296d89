/** Sessions as bytes: for a file, for another process, for a ticket. */
import {
  type Bytes,
  type BytesLike,
  latin1,
  latin1Bytes,
  NO_BYTES,
  Secret,
  viewBytes,
} from "../../bytes.ts";
import { TlsError, TlsUsageError } from "../../errors.ts";
import * as reason from "../../reasons.ts";
import { ProtocolVersion } from "../../wire/code-points.ts";
import { Reader } from "../../wire/reader.ts";
import { Writer } from "../../wire/writer.ts";
import {
  CIPHER_SUITES,
  type CipherSuite,
} from "../registries/cipher-suites.ts";
import type { Session, SessionFacts } from "./session.ts";

/** The first byte; another form gets another number. */
const FORM = 4;
const EXTENDED_MAIN_SECRET = 1;
const ENCRYPT_THEN_MAC = 2;
/** More than any session that a peer's limits let come about. */
const MAX_LENGTH = 256 * 1024;

/**
 * A session as bytes, which belong to the caller. They hold its key in the
 * clear: whoever reads them can take the peer's place, and whoever writes them
 * can take it too, so keep them as you keep a private key. The verifier's proof
 * is not among them: see {@link SessionFacts.peer}.
 *
 * @example
 * ```ts
 * import { type Session, sessionFromBytes, sessionToBytes } from "puretls/engine";
 *
 * function copyOf(session: Session): Session {
 *   return sessionFromBytes(sessionToBytes(session));
 * }
 * ```
 */
export function sessionToBytes(session: Session): Bytes {
  const writer = new Writer(512)
    .u8(FORM)
    .u16(ProtocolVersion[session.version])
    .u16(session.cipherSuite.code);
  time(writer, session.createdAt);
  time(writer, session.authenticatedAt);
  writer
    .u32(session.lifetimeSeconds)
    .opaque8(latin1Bytes(session.serverName ?? ""))
    .opaque8(latin1Bytes(session.alpnProtocol ?? ""))
    .opaque8(session.sessionContext)
    .opaque8(session.serverEndPoint)
    .vector24((list) => {
      for (const der of session.peerCertificates) list.opaque24(der);
    })
    .opaque24(session.stapled.ocspResponse ?? NO_BYTES)
    .vector24((list) => {
      for (const sct of session.stapled.scts ?? []) list.opaque16(sct);
    })
    .opaque16(session.peerRawPublicKey ?? NO_BYTES)
    .opaque16(session.ticket);
  if (session.version === "TLSv1.3")
    writer
      .opaque8(session.psk.bytes)
      .u32(session.ageAdd)
      .u32(session.maxEarlyData)
      .opaque8(session.strikeRegister)
      .u8(session.ofExternalPsk ? 1 : 0);
  else
    writer
      .opaque8(session.mainSecret.bytes)
      .u8(
        (session.extendedMainSecret ? EXTENDED_MAIN_SECRET : 0) |
          (session.encryptThenMac ? ENCRYPT_THEN_MAC : 0),
      )
      .opaque8(session.sessionId);
  return writer.finish();
}

/**
 * Reads what {@link sessionToBytes} wrote. The bytes are copied.
 *
 * @throws TlsUsageError for anything else
 */
export function sessionFromBytes(bytes: BytesLike): Session {
  const view = viewBytes(bytes, "session");
  if (view.length > MAX_LENGTH)
    throw new TlsUsageError("session: too many bytes");
  try {
    return Object.freeze(Reader.all(view.slice(), "session", readSession));
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    throw new TlsUsageError(`session: ${error.message}`, { cause: error });
  }
}

function readSession(reader: Reader): Session {
  if (reader.u8() !== FORM) throw malformed("not a session");
  const version = reader.u16();
  const cipherSuite = suiteOfCode(reader.u16());
  const facts = { ...readFacts(reader), ticket: reader.opaque16() };
  const read = reader.opaque8(1);
  const secret = read.slice();
  // The other facts are views of the same copy, which outlives the secret.
  read.fill(0);
  if (ProtocolVersion[cipherSuite.version] !== version)
    throw malformed("a cipher suite of another version");
  if (cipherSuite.version === "TLSv1.3")
    return {
      version: "TLSv1.3",
      cipherSuite,
      ...facts,
      psk: new Secret(secret),
      ageAdd: reader.u32(),
      maxEarlyData: reader.u32(),
      strikeRegister: reader.opaque8(),
      ofExternalPsk: reader.u8() !== 0,
    };
  const flags = reader.u8();
  const sessionId = reader.opaque8();
  if (flags > 3 || sessionId.length > 32 || secret.length !== 48)
    throw malformed("a field of TLS 1.2");
  return {
    version: "TLSv1.2",
    cipherSuite,
    ...facts,
    mainSecret: new Secret(secret),
    extendedMainSecret: (flags & EXTENDED_MAIN_SECRET) !== 0,
    encryptThenMac: (flags & ENCRYPT_THEN_MAC) !== 0,
    sessionId,
  };
}

function readFacts(reader: Reader): SessionFacts {
  const facts = {
    createdAt: readTime(reader),
    authenticatedAt: readTime(reader),
    lifetimeSeconds: reader.u32(),
    serverName: latin1(reader.opaque8()) || undefined,
    alpnProtocol: latin1(reader.opaque8()) || undefined,
    sessionContext: reader.opaque8(),
    serverEndPoint: reader.opaque8(),
    peerCertificates: reader.list24((r) => r.opaque24(1)),
    stapled: readStapled(reader),
    peer: undefined,
  };
  const peerRawPublicKey = reader.opaque16();
  return peerRawPublicKey.length > 0 ? { ...facts, peerRawPublicKey } : facts;
}

function readStapled(reader: Reader): SessionFacts["stapled"] {
  const ocspResponse = reader.opaque24();
  const scts = reader.list24((r) => r.opaque16(1));
  return {
    ...(ocspResponse.length > 0 && { ocspResponse }),
    ...(scts.length > 0 && { scts }),
  };
}

function suiteOfCode(code: number): CipherSuite {
  for (const suite of Object.values(CIPHER_SUITES))
    if (suite.code === code) return suite;
  throw malformed("a cipher suite");
}

/** Milliseconds, which 32 bits cannot hold. */
function time(writer: Writer, milliseconds: number): void {
  const whole = Math.floor(milliseconds);
  writer.u32(Math.floor(whole / 2 ** 32)).u32(whole % 2 ** 32);
}

function readTime(reader: Reader): number {
  return reader.u32() * 2 ** 32 + reader.u32();
}

function malformed(detail: string): TlsError {
  return new TlsError(reason.malformed_message, { detail });
}
