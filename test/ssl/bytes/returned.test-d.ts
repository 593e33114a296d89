/**
 * Bytes that the library returns fit the platform without a cast: they are over an
 * ArrayBuffer, and their type says so.
 */
import { describe, it } from "vitest";
import type * as ech from "../../../src/ech/index.ts";
import type * as engine from "../../../src/engine/index.ts";
import * as ssl from "../../../src/index.ts";
import type { Bytes } from "../../../src/index.ts";
import type * as node from "../../../src/net/node.ts";
import type * as pki from "../../../src/pki/index.ts";
import * as x509 from "../../../src/x509/index.ts";

/** The arrays of bytes in what a call or a property gives. */
type Given<T> =
  T extends Promise<infer U>
    ? Given<U>
    : T extends AsyncGenerator<infer U> | readonly (infer U)[]
      ? Given<U>
      : T extends { readonly status: "data"; readonly bytes: infer U }
        ? Given<U>
        : T extends Uint8Array
          ? T
          : never;

/** Members that give bytes over anything else; each would take a cast. */
type Unfit<Object> = {
  [Name in keyof Object]-?: (
    Object[Name] extends (...given: never) => infer Result
      ? Given<Result>
      : Given<Object[Name]>
  ) extends Bytes
    ? never
    : Name;
}[keyof Object];

/** Compiles for no name at all. */
class None<Names extends never> {
  readonly names: readonly Names[] = [];
}

const subtle = (bytes: Bytes) => crypto.subtle.digest("SHA-256", bytes);
const platform = [
  (bytes: Bytes) => new Blob([bytes]),
  (bytes: Bytes) => new Response(bytes),
  subtle,
] as const;

describe("returned bytes", () => {
  it("are Bytes in every function of an entry point", () => {
    new None<Unfit<typeof ssl>>();
    new None<Unfit<typeof engine>>();
    new None<Unfit<typeof ech>>();
    new None<Unfit<typeof pki>>();
    new None<Unfit<typeof node>>();
    new None<Unfit<typeof x509>>();
  });

  it("are Bytes in every method", () => {
    new None<Unfit<ssl.SSLSocket>>();
    new None<Unfit<ssl.SSLObject>>();
    new None<Unfit<ssl.SSLContext>>();
    new None<Unfit<ssl.SSLSession>>();
    new None<Unfit<ssl.ClientSessionCache>>();
    new None<Unfit<ssl.TicketKeys>>();
    new None<Unfit<engine.TlsEngine>>();
    new None<Unfit<pki.PkiKey>>();
    new None<Unfit<pki.Authority>>();
    // @ts-expect-error MemoryBIO.view() gives views on what was written to it.
    new None<Unfit<ssl.MemoryBIO>>();
    new None<Exclude<Unfit<ssl.MemoryBIO>, "view">>();
  });

  it("are Bytes in every member of what is parsed, made or reported", () => {
    new None<Unfit<x509.Certificate>>();
    new None<Unfit<x509.Crl>>();
    new None<Unfit<x509.CrlStore>>();
    new None<Unfit<x509.RevokedCertificate>>();
    new None<Unfit<x509.Name>>();
    new None<Unfit<x509.AttributeTypeAndValue>>();
    new None<Unfit<Extract<x509.GeneralName, { type: "iPAddress" }>>>();
    new None<Unfit<Extract<x509.GeneralName, { type: "otherName" }>>>();
    new None<Unfit<x509.Extension>>();
    new None<Unfit<x509.AuthorityKeyIdentifier>>();
    new None<Unfit<x509.DistributionPoint>>();
    new None<Unfit<x509.AlgorithmIdentifier>>();
    new None<Unfit<x509.SubjectPublicKeyInfo>>();
    new None<Unfit<x509.ParsedPrivateKey>>();
    new None<Unfit<x509.PemBlock>>();
    new None<Unfit<x509.OcspResponse>>();
    new None<Unfit<x509.SingleResponse>>();
    new None<Unfit<Extract<x509.ResponderId, { type: "byKey" }>>>();
    new None<Unfit<x509.Pkcs12File>>();
    new None<Unfit<x509.Pkcs12Entry>>();
    new None<Unfit<x509.BundledCertificate>>();
    new None<Unfit<x509.SkippedEntry>>();
    new None<Unfit<x509.VerifiedChain>>();
    new None<Unfit<x509.VerifiedKey>>();
    new None<Unfit<x509.TrustStore>>();
    new None<Unfit<pki.IssuedCertificate>>();
    new None<Unfit<pki.CertificateRequest>>();
    new None<Unfit<engine.ConnectionInfo>>();
    new None<Unfit<engine.SessionStore>>();
  });

  it("go to Blob, Response and WebCrypto as they are", async () => {
    const [near] = ssl.memoryPair();
    const socket = new ssl.SSLContext().wrapSocket(near);
    const bio = new ssl.MemoryBIO();
    const read: Bytes = bio.read();
    for (const use of platform) await use(read);
    new Blob([await socket.recv(), socket.exportKeyingMaterial("x", 1)]);
    for await (const bytes of socket) new Response(bytes);
    new Blob([socket.getPeerCert({ binary: true }) ?? ""]);
    const certificate = x509.Certificate.parse(read);
    new Blob([certificate.der, certificate.serialNumber]);
    new Response(certificate.subjectPublicKeyInfo.publicKeyBytes);
    await subtle(certificate.tbs);
    await subtle(ssl.randBytes(1));
    const binding = socket.getChannelBinding();
    if (binding !== null) await crypto.subtle.digest("SHA-256", binding);
  });

  it("are no longer fit when they are any Uint8Array", () => {
    const any: Uint8Array = ssl.randBytes(1);
    // @ts-expect-error it may be over shared memory
    const bytes: Bytes = any;
    void bytes;
  });
});
