import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, equal, toHex } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import type { Pkcs12Contents } from "../../src/pki/index.ts";
import {
  createCertificateAuthority,
  Pkcs12Error,
  readPkcs12,
} from "../../src/pki/index.ts";
import * as asn1 from "../../src/pki/der/asn1.ts";
import { berToDer } from "../../src/x509/pkcs12/ber.ts";
import { derivePkcs12, PURPOSE } from "../../src/x509/keys/derivation.ts";
import { decryptRc2Cbc } from "../../src/x509/pkcs12/rc2.ts";
import { readSingle } from "../../src/x509/der/der.ts";
import * as TAG from "../../src/x509/der/tags.ts";
import { OID, X509Error } from "../../src/x509/index.ts";
import { KEY_KINDS, testKey } from "../support/pki.ts";
import { openssl } from "./openssl.ts";

const provider = noble;
const root = createCertificateAuthority({ provider, name: "Root" });
const middle = root.issueIntermediate({ name: "Middle" });
const server = middle.issueServer({ hosts: ["a.test"] });
const PASSWORD = "Straße 5 €";

/** `openssl pkcs12 -export` of the server, its CA and the root. */
function exported(
  args: readonly string[] = [],
  password = PASSWORD,
  key = server.key.toPem(),
  certificate = server.pem,
): Uint8Array {
  const answer = openssl(
    [
      ...["pkcs12", "-export", "-in", "c.pem", "-inkey", "k.pem"],
      ...["-certfile", "more.pem", "-name", "my server", "-out", "o.p12"],
      ...["-passout", "file:password", ...args],
    ],
    {
      "c.pem": certificate,
      "k.pem": key,
      "more.pem": middle.pem + root.pem,
      password: `${password}\n`,
    },
  );
  return answer.file("o.p12");
}

function read(data: Uint8Array, password = PASSWORD): Pkcs12Contents {
  return readPkcs12(data, { provider, password });
}

function expectServer(contents: Pkcs12Contents): void {
  expect(contents.identities).toHaveLength(1);
  const [identity] = contents.identities;
  expect(identity?.key.toPem()).toBe(server.key.toPem());
  expect(identity?.chainPem).toBe(server.chainPem);
  expect(identity?.chain.map(toHex)).toEqual(server.chain.map(toHex));
  expect(contents.certificates).toHaveLength(3);
}

function reasonOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Pkcs12Error) return error.reason;
    throw error;
  }
  return "none";
}

describe("readPkcs12", () => {
  it.each([
    ["OpenSSL's default (PBES2, AES-256, SHA-256)", []],
    ["the old default (RC2-40, 3DES, SHA-1)", ["-legacy"]],
    ["RC2-128", ["-legacy", "-certpbe", "PBE-SHA1-RC2-128"]],
    ["3DES for all", ["-legacy", "-certpbe", "PBE-SHA1-3DES"]],
    [
      "two-key 3DES",
      ["-legacy", "-certpbe", "PBE-SHA1-2DES", "-keypbe", "PBE-SHA1-2DES"],
    ],
    [
      "AES-128 and a MAC with SHA-512",
      ["-certpbe", "aes-128-cbc", "-macalg", "sha512"],
    ],
    [
      "AES-192 and a MAC with SHA-384",
      ["-keypbe", "aes-192-cbc", "-macalg", "sha384"],
    ],
    [
      "PBES2 with 3DES",
      ["-keypbe", "des-ede3-cbc", "-certpbe", "des-ede3-cbc"],
    ],
    ["one iteration", ["-noiter", "-nomaciter"]],
    ["many iterations", ["-iter", "20000"]],
    ["nothing encrypted", ["-keypbe", "NONE", "-certpbe", "NONE"]],
    ["no MAC", ["-nomac"]],
  ])("reads what OpenSSL wrote with %s", (_, args) => {
    const contents = read(exported(args));
    expectServer(contents);
    expect(contents.identities[0]?.friendlyName).toBe("my server");
  });

  it.each(KEY_KINDS)("reads keys of kind %s", (kind) => {
    const key = testKey(kind);
    const { pem } = middle.issueServer({ hosts: ["a.test"], key });
    const contents = read(exported([], PASSWORD, key.toPem(), pem));
    expect(contents.identities[0]?.key.toPem()).toBe(key.toPem());
    expect(contents.identities[0]?.chain).toHaveLength(2);
  });

  it.each([[[]], [["-legacy"]]])("reads an empty password: %j", (args) => {
    expectServer(read(exported(args, ""), ""));
  });

  it("reads an empty password that stands for none", () => {
    const plain = ["-keypbe", "NONE", "-certpbe", "NONE", "-nomac"];
    const pfx = readSingle(exported(plain), TAG.sequence, "PFX");
    const fields = pfx.reader();
    fields.read(TAG.integer, "version");
    const authSafe = fields.read(TAG.sequence, "authSafe").reader();
    authSafe.readAny("contentType");
    const content = authSafe.readAny("content").reader().readAny("it").content;
    const salt = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const hash = provider.hashes["SHA-256"];
    const key = derivePkcs12(
      {
        type: "PKCS12",
        purpose: PURPOSE.mac,
        password: new Uint8Array(0),
        hash: "SHA-256",
        salt,
        iterations: 1,
        length: 32,
      },
      hash,
    );
    const macData = asn1.sequence(
      asn1.sequence(
        asn1.sequence(asn1.objectIdentifier(OID.sha256), asn1.nullValue()),
        asn1.octetString(hash.hmac(key, content)),
      ),
      asn1.octetString(salt),
    );
    const data = asn1.sequence(pfx.content, macData);
    expectServer(read(data, ""));
    expect(reasonOf(() => read(data, "x"))).toBe("wrong_password");
  });

  it("reads certificates without a key", () => {
    const contents = read(exported(["-nokeys"]));
    expect(contents.identities).toHaveLength(0);
    expect(contents.certificates).toHaveLength(3);
  });

  it("reads BER with indefinite lengths and strings in pieces", () => {
    const der = exported();
    const ber = toBer(der);
    expect(equal(ber, der)).toBe(false);
    expectServer(read(ber));
  });

  it.each([[[]], [["-legacy"]], [["-nomac"]]])(
    "knows a wrong password: %j",
    (args) => {
      const data = exported(args);
      expect(reasonOf(() => read(data, "wrong"))).toBe("wrong_password");
      expect(reasonOf(() => read(data, ""))).toBe("wrong_password");
    },
  );

  it("notices a change of any part that the MAC covers", () => {
    const data = exported();
    for (let at = 60; at < data.length - 100; at += 97) {
      const changed = data.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      expect(() => read(changed)).toThrow(Pkcs12Error);
    }
  });

  it("does not work longer than allowed", () => {
    const data = exported(["-iter", "3000"]);
    const options = { provider, password: PASSWORD };
    expect(
      reasonOf(() => readPkcs12(data, { ...options, maximumIterations: 5000 })),
    ).toBe("too_expensive");
    expectServer(readPkcs12(data, { ...options, maximumIterations: 9000 }));
  });

  it("refuses a file that asks for millions of iterations, at once", () => {
    const data = exported(["-iter", "65536"]);
    expect([...data.subarray(-5)]).toEqual([2, 3, 1, 0, 0]);
    data.set([0x7f, 0xff, 0xff], data.length - 3);
    expect(reasonOf(() => read(data))).toBe("too_expensive");
  });

  it("is a Pkcs12Error or X509Error, whatever the bytes are", () => {
    const data = exported([
      "-noiter",
      "-nomaciter",
      "-nomac",
      "-keypbe",
      "NONE",
      "-certpbe",
      "NONE",
    ]);
    const edits = fc.array(
      fc.record({
        at: fc.nat({ max: data.length - 1 }),
        to: fc.nat({ max: 255 }),
      }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(edits, fc.nat({ max: 9 }), (changes, cut) => {
        const bytes = data.slice(0, data.length - cut);
        for (const { at, to } of changes) if (at < bytes.length) bytes[at] = to;
        try {
          read(bytes);
        } catch (error) {
          const known =
            error instanceof Pkcs12Error || error instanceof X509Error;
          if (!known) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("needs a provider that can decrypt key files", () => {
    const { keyDecryption: _none, ...without } = provider;
    const options = { provider: without, password: PASSWORD };
    expect(reasonOf(() => readPkcs12(exported(), options))).toBe("unsupported");
  });

  it("refuses what is too big, nested too deeply, or no PKCS#12", () => {
    const big = new Uint8Array((1 << 20) + 1);
    expect(reasonOf(() => read(big))).toBe("malformed");
    const deep = new Uint8Array(1 << 20).fill(0x30);
    for (let i = 1; i < deep.length; i += 2) deep[i] = 0x80;
    expect(reasonOf(() => read(deep))).toBe("malformed");
    expect(reasonOf(() => read(server.der))).toBe("malformed");
    expect(reasonOf(() => read(new Uint8Array(0)))).toBe("malformed");
  });
});

describe("the old ciphers, beside OpenSSL", () => {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length });

  it.each([
    ["rc2-cbc", 16],
    ["rc2-40-cbc", 5],
  ])("%s", (name, length) => {
    fc.assert(
      fc.property(
        bytes(length),
        bytes(8),
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        (key, iv, data) => {
          const encrypted = openssl(
            [
              ...["enc", `-${name}`, "-K", toHex(key), "-iv", toHex(iv)],
              ...["-provider", "legacy", "-provider", "default"],
              ...["-in", "i", "-out", "o"],
            ],
            { i: data },
          ).file("o");
          expect(decryptRc2Cbc(key, iv, encrypted)).toEqual(data);
        },
      ),
      { numRuns: 10 },
    );
  });
});

describe("berToDer", () => {
  it("leaves DER as it is, and undoes BER", () => {
    const samples = [server.der, exported(), root.createCrl().der];
    for (const der of samples) {
      expect(toHex(berToDer(der))).toBe(toHex(der));
      expect(toHex(berToDer(toBer(der)))).toBe(toHex(der));
    }
  });
});

/** BER of DER: indefinite lengths, and OCTET STRINGs in two pieces. */
function toBer(der: Uint8Array): Uint8Array {
  const tag = der[0] ?? 0;
  const { start, length } = header(der);
  const content = der.subarray(start, start + length);
  if (tag === 0x04 && content.length > 1) {
    const middle = content.length >> 1;
    return Uint8Array.from([
      ...[0x24, 0x80, 0x04],
      ...longLength(middle),
      ...content.subarray(0, middle),
      0x04,
      ...longLength(content.length - middle),
      ...content.subarray(middle),
      ...[0, 0],
    ]);
  }
  if ((tag & 0x20) === 0) return der.slice();
  const children: Uint8Array[] = [];
  for (let at = 0; at < content.length;) {
    const rest = content.subarray(at);
    const size = header(rest);
    const end = size.start + size.length;
    children.push(toBer(rest.subarray(0, end)));
    at += end;
  }
  return concat(Uint8Array.of(tag, 0x80), ...children, Uint8Array.of(0, 0));
}

/** Not the shortest form: four bytes. */
function longLength(length: number): number[] {
  return [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
}

function header(der: Uint8Array): { start: number; length: number } {
  const first = der[1] ?? 0;
  if (first < 0x80) return { start: 2, length: first };
  const count = first & 0x7f;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + (der[2 + i] ?? 0);
  return { start: 2 + count, length };
}
