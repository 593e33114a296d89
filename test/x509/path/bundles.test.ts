/** Bundles with entries that cannot be read, and OpenSSL's trust settings. */
import { join } from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { concat, latin1Bytes, utf8Bytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { SSLContext } from "../../../src/index.ts";
import {
  type CertificateVerifier,
  createVerifier,
  encodePem,
  parseCertificates,
  parseChain,
  parsePem,
  parsePrivateKey,
  TrustStore,
  X509Error,
} from "../../../src/x509/index.ts";
import {
  crl,
  intermediate,
  type Issued,
  leaf,
  NOW,
  root,
} from "../../support/der-builder.ts";
import {
  hasOpenssl,
  inScratch,
  openssl,
  opensslVerify,
} from "../../support/openssl-certs.ts";

const [one, two, three] = [root(1), root(2), root(3)];
const short = (issued: Issued): string =>
  encodePem("CERTIFICATE", issued.der.subarray(0, 50));
const cut = two.pem.slice(0, 200);
const foreignText = "\u{feff}# Größe, 認証局\n";

describe("a bundle with one entry that cannot be read", () => {
  const all = [one, three].map(({ der }) => der);
  it.each([
    ["DER that is cut", `${one.pem}${short(two)}${three.pem}`],
    [
      "base64 that is none",
      one.pem + two.pem.replace("MII", "M*I") + three.pem,
    ],
    ["no END line", `${one.pem}${cut}\n${three.pem}`],
    [
      "a list that is cut",
      one.pem + encodePem("X509 CRL", crl(one).der.subarray(0, 9)) + three.pem,
    ],
  ])("is trusted but for it: %s", (_, text) => {
    for (const source of [text, utf8Bytes(text)]) {
      const context = new SSLContext();
      context.loadVerifyLocations({ ca: source });
      expect(context.getCaCerts({ binary: true })).toEqual(all);
      expect(
        context.skippedCertificates.map(({ source: name, position, error }) => [
          name,
          position,
          error instanceof X509Error,
        ]),
      ).toEqual([["ca", 2, true]]);
    }
  });

  it("is trusted but for it: DER in a row", () => {
    const broken = two.der.slice();
    broken[6] = 0x05;
    const store = TrustStore.of(concat(one.der, broken, three.der));
    expect(store.certificates.map(({ der }) => der)).toEqual(all);
    expect(store.skipped.map(({ position }) => position)).toEqual([2]);
    expect(store.clone().skipped).toEqual(store.skipped);
  });

  it("is refused as this side's chain, and in parseCertificates", () => {
    const text = one.pem + short(two);
    expect(() => parseChain(text)).toThrow(X509Error);
    expect(() => parseCertificates(text)).toThrow(X509Error);
    expect(() => new TrustStore().add(short(two))).toThrow(
      /^the certificate is malformed|cut short|longer than/,
    );
  });
});

describe("text around the blocks", () => {
  const pem = leaf(one).pem;
  const key = "-----BEGIN NOISE-----\n*\n-----END NOISE-----\n";
  it.each([
    ["in UTF-8", utf8Bytes(foreignText + key + pem)],
    ["in Latin-1", latin1Bytes(`Größe\n${key}${pem}`)],
    ["as a string", foreignText + key + pem],
  ])("is ignored %s", (_, source) => {
    expect(parseChain(source)).toHaveLength(1);
    expect(TrustStore.of(source).size).toBe(1);
    const context = new SSLContext();
    context.loadVerifyLocations({ ca: source });
    expect(context.certStoreStats().x509).toBe(1);
  });
});

describe("the name of a file in place of its contents", () => {
  it.each(["/etc/ssl/ca.pem", "C:\\certs\\ca.pem", "ca.crt"])("%s", (path) => {
    const words = /looks like the name of a file/;
    expect(() => parseChain(path)).toThrow(words);
    expect(() => parsePrivateKey(path)).toThrow(words);
    expect(() => {
      new SSLContext().loadVerifyLocations({ ca: path });
    }).toThrow(words);
    expect(() => {
      new SSLContext().loadCertChain({ cert: path });
    }).toThrow(words);
    expect(() => {
      new SSLContext().loadDhParams(path);
    }).toThrow(words);
  });
});

/** Has `openssl x509` write a certificate with these options. */
function trustedBlock(pem: string, options: readonly string[]): string {
  return inScratch((folder) => {
    writeFileSync(join(folder, "in.pem"), pem);
    const files = ["-in", "in.pem", "-out", "out.pem"];
    openssl(["x509", "-trustout", ...files, ...options], folder);
    return readFileSync(join(folder, "out.pem"), "latin1");
  });
}

/** OpenSSL's number for a server's chain of one certificate; 0: accepted. */
function codeOf(verifier: CertificateVerifier, { der }: Issued): number {
  const at = { purpose: "serverAuth", serverName: undefined } as const;
  try {
    verifier.verify({ certificates: [der] }, { ...at, now: NOW });
    return 0;
  } catch (error) {
    if (error instanceof X509Error) return error.verifyCode;
    throw error;
  }
}

const suite = hasOpenssl() ? describe : describe.skip;
suite(
  "TRUSTED CERTIFICATE, as openssl verify has it (skipped without OpenSSL 3)",
  () => {
    const end = leaf(one);

    it.each([
      ["no settings", []],
      ["an alias alone", ["-setalias", "my authority"]],
      ["trusted for servers", ["-addtrust", "serverAuth"]],
      ["trusted for clients alone", ["-addtrust", "clientAuth"]],
      ["trusted for any use", ["-addtrust", "anyExtendedKeyUsage"]],
      ["rejected for servers", ["-addreject", "serverAuth"]],
      ["rejected for clients alone", ["-addreject", "clientAuth"]],
      ["rejected for any use", ["-addreject", "anyExtendedKeyUsage"]],
      [
        "trusted and rejected",
        ["-addtrust", "serverAuth", "-addreject", "serverAuth"],
      ],
    ] as const)("%s", (_, options) => {
      const text = trustedBlock(one.pem, options);
      expect(parsePem(text)[0]?.label).toBe("TRUSTED CERTIFICATE");
      const theirs = opensslVerify({
        leaf: end.pem,
        trusted: [text],
        time: NOW / 1000,
        options: ["-purpose", "sslserver", "-partial_chain"],
      });
      const store = TrustStore.of(text);
      for (const trustStore of [store, store.clone()]) {
        const verifier = createVerifier({ provider: noble, trustStore });
        expect(codeOf(verifier, end)).toBe(theirs.code);
      }
    });

    it.each([
      ["trusted", ["-addtrust", "serverAuth"], 0],
      ["plain", [], 2],
      ["rejected", ["-addreject", "serverAuth"], 28],
    ] as const)(
      "ends a path at an intermediate that is %s, partialChain off",
      (_, options, code) => {
        const middle = intermediate(10, one);
        const below = leaf(middle);
        const text = trustedBlock(middle.pem, options);
        const verifier = createVerifier({
          provider: noble,
          trustStore: TrustStore.of(text),
          partialChain: false,
        });
        const theirs = opensslVerify({
          leaf: below.pem,
          trusted: [text],
          time: NOW / 1000,
          options: ["-purpose", "sslserver"],
        });
        expect([codeOf(verifier, below), theirs.code]).toEqual([code, code]);
      },
    );

    it("is rejected whether the bare certificate is loaded before or after", () => {
      const rejected = trustedBlock(one.pem, ["-addreject", "serverAuth"]);
      for (const sources of [
        [one.pem, rejected],
        [rejected, one.pem],
      ]) {
        const trustStore = TrustStore.of(...sources);
        expect(trustStore.size).toBe(1);
        const verifier = createVerifier({ provider: noble, trustStore });
        expect(codeOf(verifier, end)).toBe(28);
      }
    });

    it("is a certificate like others in a chain of this side", () => {
      const text = trustedBlock(one.pem, ["-addtrust", "serverAuth"]);
      expect(parseChain(text)[0]?.der).toEqual(one.der);
    });
  },
);
