import { describe, expect, it } from "vitest";
import { noble } from "../../src/crypto/noble/index.ts";
import type { CrlReason } from "../../src/pki/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { signCrl } from "../../src/pki/crl.ts";
import { keyFromFile } from "../support/pki.ts";
import { openssl, opensslVerify } from "./openssl.ts";

const provider = noble;
const REASONS: readonly (readonly [CrlReason, string])[] = [
  ["keyCompromise", "Key Compromise"],
  ["cACompromise", "CA Compromise"],
  ["affiliationChanged", "Affiliation Changed"],
  ["superseded", "Superseded"],
  ["cessationOfOperation", "Cessation Of Operation"],
  ["certificateHold", "Certificate Hold"],
  ["privilegeWithdrawn", "Privilege Withdrawn"],
  ["aACompromise", "AA Compromise"],
];

describe("createCrl", () => {
  it.each(["ec-p256", "ed25519", "rsa", "rsa-pss"] as const)(
    "by a CA with a key of kind %s makes OpenSSL refuse what was revoked",
    (kind) => {
      const key =
        kind === "rsa" || kind === "rsa-pss"
          ? keyFromFile(`${kind}-2048.pem`)
          : kind;
      const ca = createCertificateAuthority({ provider, name: "CA", key });
      const good = ca.issueServer({ hosts: ["good.test"] });
      const bad = ca.issueServer({ hosts: ["bad.test"] });
      ca.revoke(bad);
      const { pem } = ca.createCrl();
      const show = openssl(
        ["crl", "-in", "c.crl", "-CAfile", "ca.pem", "-noout", "-verify"],
        { "c.crl": pem, "ca.pem": ca.pem },
      );
      expect(show.text).toContain("verify OK");
      const args = ["-crl_check"];
      expect(opensslVerify(ca.pem + pem, good.pem, { args }).text).toBe(
        "leaf.pem: OK\n",
      );
      expect(opensslVerify(ca.pem + pem, bad.pem, { args }).text).toContain(
        "certificate revoked",
      );
    },
  );

  it("has reason and time of each entry", () => {
    const ca = createCertificateAuthority({ provider, name: "CA" });
    for (const [reason] of REASONS)
      ca.revoke(ca.issueServer({ hosts: ["a.test"] }), {
        reason,
        at: Date.UTC(2024, 1, 29, 1, 2, 3),
      });
    const { text } = openssl(["crl", "-in", "c.crl", "-noout", "-text"], {
      "c.crl": ca.createCrl().pem,
    });
    for (const [, shown] of REASONS) expect(text).toContain(shown);
    expect(text.match(/Feb 29 01:02:03 2024 GMT/g)).toHaveLength(8);
    expect(text).toContain("Authority Key Identifier");
  });

  it("holds more entries than a call takes arguments", () => {
    const ca = createCertificateAuthority({ provider, name: "CA" });
    const revocations = Array.from({ length: 150_000 }, (_, i) => ({
      serialNumber: Uint8Array.of(1, i >> 16, (i >> 8) & 255, i & 255),
      at: 0,
      reason: undefined,
    }));
    const { der } = signCrl(
      {
        provider,
        name: ca.certificate.subject.der,
        key: ca.key,
        signature: undefined,
      },
      revocations,
      { thisUpdate: 0, number: 1, keyIdentifier: new Uint8Array(20) },
    );
    const { text } = openssl(
      ["crl", "-inform", "DER", "-in", "c.crl", "-CAfile", "ca.pem", "-noout"],
      { "c.crl": der, "ca.pem": ca.pem },
    );
    expect(text).toContain("verify OK");
  });

  it("of a CA that revoked nothing has no list, not an empty one", () => {
    const ca = createCertificateAuthority({ provider, name: "CA" });
    const { pem, der } = ca.createCrl();
    const { text } = openssl(["crl", "-in", "c.crl", "-noout", "-text"], {
      "c.crl": pem,
    });
    expect(text).toContain("No Revoked Certificates");
    // RFC 5280 5.1.2.6: "the revoked certificates list MUST be absent".
    expect(Buffer.from(der).includes(Buffer.of(0x30, 0))).toBe(false);
  });

  it("has numbers that rise, within the same second too", () => {
    const now = Date.UTC(2030, 0, 1);
    const ca = createCertificateAuthority({
      provider: { ...noble, now: () => now },
      name: "CA",
    });
    const numbers = [1, 2, 3].map(() =>
      Number(
        /CRL Number: \s*(\d+)/.exec(
          openssl(["crl", "-in", "c.crl", "-noout", "-text"], {
            "c.crl": ca.createCrl().pem,
          }).text,
        )?.[1],
      ),
    );
    expect(numbers).toEqual([now / 1000, now / 1000 + 1, now / 1000 + 2]);
  });

  it("is dated as asked", () => {
    const ca = createCertificateAuthority({ provider, name: "CA" });
    const { pem } = ca.createCrl({
      thisUpdate: Date.UTC(2025, 0, 1),
      nextUpdate: Date.UTC(2055, 0, 1),
    });
    const { text } = openssl(
      ["crl", "-in", "c.crl", "-noout", "-lastupdate", "-nextupdate"],
      { "c.crl": pem },
    );
    expect(text).toBe(
      "lastUpdate=Jan  1 00:00:00 2025 GMT\nnextUpdate=Jan  1 00:00:00 2055 GMT\n",
    );
  });
});

describe("createOcspResponse", () => {
  const ca = createCertificateAuthority({ provider, name: "CA" });
  const server = ca.issueServer({ hosts: ["a.test"] });

  function judge(response: Uint8Array, ...args: string[]): string {
    return openssl(
      [
        ...["ocsp", "-respin", "r.der", "-CAfile", "ca.pem"],
        ...["-issuer", "ca.pem", ...args, "-cert", "c.pem"],
      ],
      { "r.der": response, "ca.pem": ca.pem, "c.pem": server.pem },
    ).text;
  }

  it("is good for a certificate that was not revoked", () => {
    const text = judge(ca.createOcspResponse(server));
    expect(text).toContain("Response verify OK");
    expect(text).toContain("c.pem: good");
  });

  it("is revoked, with time and reason", () => {
    const other = createCertificateAuthority({
      provider,
      name: "CA",
      key: ca.key,
    });
    other.revoke(server, {
      reason: "superseded",
      at: Date.UTC(2025, 0, 2, 3, 4, 5),
    });
    const text = judge(other.createOcspResponse(server));
    expect(text).toContain("Response verify OK");
    expect(text).toContain("c.pem: revoked");
    expect(text).toContain("Reason: superseded");
    expect(text).toContain("Revocation Time: Jan  2 03:04:05 2025 GMT");
  });

  it("has the status that the caller passes", () => {
    expect(
      judge(ca.createOcspResponse(server, { status: "unknown" })),
    ).toContain("c.pem: unknown");
    expect(
      judge(ca.createOcspResponse(server, { status: "revoked" })),
    ).toContain("c.pem: revoked");
  });

  it("identifies by SHA-256 if asked", () => {
    const response = ca.createOcspResponse(server, { certIdHash: "SHA-256" });
    expect(judge(response, "-sha256")).toContain("c.pem: good");
    expect(judge(response)).toContain("No Status found");
  });

  it("can be signed by a delegated responder", () => {
    const responder = ca.issueOcspResponder({
      name: "Responder",
      key: "ec-p384",
    });
    const text = judge(ca.createOcspResponse(server, { responder }));
    expect(text).toContain("Response verify OK");
    expect(text).toContain("c.pem: good");
    // Any other certificate of the CA has no right to.
    const impostor = ca.issueServer({ hosts: ["b.test"] });
    expect(
      judge(ca.createOcspResponse(server, { responder: impostor })),
    ).toContain("Response Verify Failure");
  });

  it("is dated as asked, and may have no next update", () => {
    const shown = judge(
      ca.createOcspResponse(server, {
        thisUpdate: Date.now() - 60_000,
        nextUpdate: undefined,
      }),
    );
    expect(shown).toContain("c.pem: good");
    expect(shown).not.toContain("Next Update");
    const past = ca.createOcspResponse(server, {
      thisUpdate: Date.UTC(2020, 0, 1),
      nextUpdate: Date.UTC(2020, 0, 8),
    });
    expect(judge(past)).toContain("Status times invalid");
  });

  it("echoes a nonce", () => {
    const nonce = Uint8Array.from({ length: 16 }, (_, i) => i);
    const { text } = openssl(
      ["ocsp", "-respin", "r.der", "-resp_text", "-noverify"],
      {
        "r.der": ca.createOcspResponse(server, { nonce }),
      },
    );
    expect(text.replace(/\s+/g, "")).toContain(
      "OCSPNonce:0410000102030405060708090A0B0C0D0E0F",
    );
  });
});
