/** Hashed directories: file names as `openssl rehash` gives them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noble } from "../../../src/crypto/noble/index.ts";
import {
  Name,
  opensslNameHash,
  parseCertificates,
  X509Error,
} from "../../../src/x509/index.ts";
import {
  bits,
  bytes,
  int,
  issue,
  ed25519Key,
  oid,
  printableString,
  rdn,
  seq,
  set,
  tlv,
  utf8,
} from "../../support/der-builder.ts";
import { hasOpenssl, inScratch, openssl } from "../../support/openssl-certs.ts";
import { writeFileSync } from "node:fs";

const DIRECTORY = "/etc/ssl/certs";
const hashed = existsSync(DIRECTORY)
  ? readdirSync(DIRECTORY).filter((file) => /^[0-9a-f]{8}\.\d$/.test(file))
  : [];
const system = hashed.length > 0 ? describe : describe.skip;

system(
  `the hashed directory ${DIRECTORY} (skipped where there is none)`,
  () => {
    it("has our hash in every file name", () => {
      for (const file of hashed) {
        const [certificate] = parseCertificates(
          readFileSync(join(DIRECTORY, file)),
        );
        if (certificate === undefined) throw new Error(`${file} is empty`);
        expect(opensslNameHash(noble, certificate.subject)).toBe(
          file.slice(0, 8),
        );
      }
    });
  },
);

const suite = hasOpenssl() ? describe : describe.skip;

suite("openssl x509 -subject_hash (skipped without OpenSSL 3)", () => {
  it.each([
    [
      "blanks and case",
      seq(rdn("2.5.4.10", printableString("  Example   INC "))),
    ],
    [
      "a multi-valued RDN",
      seq(
        set(seq(oid("2.5.4.10"), utf8("b")), seq(oid("2.5.4.3"), utf8("É a"))),
      ),
    ],
    [
      "BMPString and T61String",
      seq(
        rdn("2.5.4.3", tlv(0x1e, bytes(0, 0xe9, 0, 65))),
        rdn("2.5.4.3", tlv(0x14, bytes(0xe9))),
      ),
    ],
    [
      "a value that is no string",
      seq(
        rdn("2.5.4.45", bits(bytes(7))),
        rdn("2.5.4.5", tlv(0x12, bytes(0x31))),
      ),
    ],
    ["a long value", seq(rdn("2.5.4.3", utf8("x".repeat(300))))],
  ])("%s", (_, subject) => {
    const { pem } = issue({ key: ed25519Key(1), subject });
    const theirs = inScratch((folder) => {
      writeFileSync(join(folder, "c.pem"), pem);
      return openssl(
        ["x509", "-in", "c.pem", "-noout", "-subject_hash"],
        folder,
      ).trim();
    });
    expect(opensslNameHash(noble, Name.over(subject))).toBe(theirs);
  });
});

describe("opensslNameHash", () => {
  it("refuses a malformed name", () => {
    expect(() => opensslNameHash(noble, Name.over(seq(set(int(1)))))).toThrow(
      X509Error,
    );
  });
});
