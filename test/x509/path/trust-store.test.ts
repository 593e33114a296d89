import { describe, expect, it } from "vitest";
import { concat, utf8Bytes } from "../../../src/bytes.ts";
import {
  Certificate,
  encodePem,
  parseCertificates,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import {
  bytes,
  caExtensions,
  crl,
  ed25519Key,
  intermediate,
  issue,
  keyIdentifier,
  leaf,
  name,
  octets,
  root,
  extension,
} from "../../support/der-builder.ts";
import { Name, OID } from "../../../src/x509/index.ts";

const [one, two] = [root(1), root(2)];
const end = leaf(one);
const damaged = encodePem("CERTIFICATE", one.der.subarray(0, 50));

describe("TrustStore", () => {
  it("accepts certificates, DER in a row, PEM text and PEM bytes", () => {
    const store = new TrustStore();
    expect(store.add(Certificate.parse(one.der))).toBe(1);
    expect(store.add(concat(one.der, two.der))).toBe(1);
    expect(store.add(`# roots\n${one.pem}${end.pem}`)).toBe(1);
    expect(store.add(utf8Bytes(two.pem))).toBe(0);
    expect(store.certificates.map(({ der }) => der)).toEqual([
      one.der,
      two.der,
      end.der,
    ]);
  });

  it("merges duplicates and counts CAs (X-56, X-64)", () => {
    const old = issue({
      key: ed25519Key(5),
      version: undefined,
      subject: "old",
    });
    const store = TrustStore.of(one.der, one.pem, end.der, old.der);
    expect(store.statistics).toEqual({ x509: 3, x509Ca: 2 });
  });

  it("finds by subject and by key identifier", () => {
    const renewed = root(1, { notAfter: Date.UTC(2040, 0, 1) });
    const store = TrustStore.of(one.der, two.der);
    expect(store.findBySubject(Name.over(name(" root  1"))).length).toBe(1);
    store.add(renewed.der);
    expect(
      store.findBySubject(Name.over(one.subject)).map(({ der }) => der),
    ).toEqual([one.der, renewed.der]);
    expect(store.findByKeyIdentifier(keyIdentifier(one.key)).length).toBe(2);
    expect(store.findByKeyIdentifier(bytes(1)).length).toBe(0);
    expect(store.has(Certificate.parse(one.der))).toBe(true);
    expect(store.has(Certificate.parse(end.der))).toBe(false);
  });

  it("calls its look-ups during a search, and keeps the answer", () => {
    const store = new TrustStore();
    const asked: string[] = [];
    store.addLookup((subject) => {
      asked.push(subject.toString());
      return [Certificate.parse(one.der)];
    });
    expect(store.size).toBe(0);
    expect(store.findBySubject(Name.over(one.subject)).length).toBe(1);
    expect(asked).toEqual(["commonName=Root 1"]);
    expect(store.size).toBe(1);
  });

  it("clones without a tie", () => {
    const store = TrustStore.of(one.der);
    const copy = store.clone();
    copy.add(two.der);
    expect([store.size, copy.size]).toEqual([1, 2]);
  });

  it.each([
    ["no certificate", "text"],
    ["a CRL alone", crl(one).pem],
    ["a damaged block alone", damaged],
    ["junk after DER", concat(one.der, bytes(1))],
    ["nothing", new Uint8Array()],
  ])("refuses %s", (_, source) => {
    const store = new TrustStore();
    expect(() => store.add(source)).toThrow(X509Error);
    expect(store.size).toBe(0);
    expect(() => parseCertificates(source)).toThrow(X509Error);
  });

  it("accepts a certificate whose extensions do not decode", () => {
    const broken = root(3, {
      extensions: [
        ...caExtensions(ed25519Key(3)).slice(1, 2),
        extension(OID.subjectKeyIdentifier, bytes(1)),
        extension(OID.basicConstraints, octets()),
      ],
    });
    const store = TrustStore.of(broken.der);
    expect(store.statistics).toEqual({ x509: 1, x509Ca: 0 });
    expect(store.findBySubject(Name.over(broken.subject)).length).toBe(1);
  });

  it("tells certificates apart that share a signature's end", () => {
    const a = intermediate(4, one);
    const b = a.der.slice();
    b[40] = (b[40] ?? 0) ^ 1;
    expect(TrustStore.of(a.der, b).size).toBe(2);
  });
});
