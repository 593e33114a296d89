/** Mozilla's roots as anchors, and what a list of roots may ask of its anchors. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { latin1 } from "../../src/bytes.ts";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import {
  createDefaultContext,
  memoryPair,
  SSLContext,
} from "../../src/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { certificateOf } from "../../src/roots/certificate.ts";
import { mozillaRoots, type RootProgram } from "../../src/roots/index.ts";
import { ROWS } from "../../src/roots/table.ts";
import { issuersInStore } from "../../src/x509/path/complete-chain.ts";
import {
  type Certificate,
  createVerifier,
  OID,
  parseCertificates,
  TrustStore,
} from "../../src/x509/index.ts";

const DEBIAN = "/usr/share/ca-certificates/mozilla";
/** Roots that either list may have alone before the table is made anew. */
const MAY_DIFFER = { ours: 40, theirs: 60 };

const keyOf = ({ subject, subjectPublicKeyInfoDer }: Certificate): string =>
  subject.key + latin1(subjectPublicKeyInfoDer);

describe("the table", () => {
  const ours = new Map(
    mozillaRoots
      .certificates()
      .map(({ certificate }) => [keyOf(certificate), certificate]),
  );

  it("has no root twice, and a key that is read of each", () => {
    expect(ours.size).toBe(ROWS.length);
    expect(ours.size).toBeGreaterThan(100);
    for (const one of ours.values()) {
      expect(one.subjectPublicKeyInfo.algorithm).toBeDefined();
      expect(one.basicConstraints).toMatchObject({ cA: true });
      expect(one.notAfter).toBeGreaterThan(Date.parse(mozillaRoots.date));
    }
  });

  it("has the constraint that NSS imposes, and the dates of distrust", () => {
    const constrained = [...ours.values()].filter((one) => one.nameConstraints);
    expect(constrained.map((one) => one.subject.toString())).toEqual([
      expect.stringContaining("TUBITAK Kamu SM SSL Kok Sertifikasi - Surum 1"),
    ]);
    const distrusted = ROWS.filter(([, distrust]) => distrust !== 0);
    expect(distrusted.length).toBeGreaterThan(0);
  });

  it.skipIf(!existsSync(DEBIAN))(
    `agrees with ${DEBIAN}, which may be older or newer`,
    () => {
      const theirs = readdirSync(DEBIAN).flatMap((file) =>
        parseCertificates(readFileSync(`${DEBIAN}/${file}`)),
      );
      expect(theirs.length).toBeGreaterThan(50);
      const alone = theirs.filter((one) => !ours.has(keyOf(one)));
      const known = new Set(theirs.map(keyOf));
      const additions = [...ours].filter(([key]) => !known.has(key));
      const names = (list: readonly Certificate[]): string =>
        list.map((one) => one.subject.toString()).join("\n");
      const advice = "scripts/roots.mjs makes the table anew";
      expect(alone.length, `${advice}: it lacks\n${names(alone)}`).toBeLessThan(
        MAY_DIFFER.theirs,
      );
      expect(additions.length, `${advice}: Debian lacks roots`).toBeLessThan(
        MAY_DIFFER.ours,
      );
      for (const one of theirs) {
        const own = ours.get(keyOf(one));
        if (own === undefined) continue;
        // Some have been issued anew over the same key.
        expect(own.notAfter).toBeGreaterThanOrEqual(one.notAfter);
        if (one.subjectKeyIdentifier !== undefined)
          expect(own.subjectKeyIdentifier).toEqual(one.subjectKeyIdentifier);
        if (one.nameConstraints !== undefined)
          expect(own.nameConstraints).toEqual(one.nameConstraints);
      }
    },
  );
});

const authority = createCertificateAuthority({
  provider,
  name: "Root of a list",
});
const DAY = 86_400_000;
const now = Date.now();
const leaf = authority.issueServer({ hosts: ["a.test"] });

/** A list with that authority alone, as rows of a table say it. */
function programOf(
  settings: { readonly distrustAfter?: number } = {},
  nameConstraints?: Uint8Array,
): RootProgram {
  const [root] = parseCertificates(authority.pem);
  if (root === undefined) throw new Error("no root");
  const identifier = root.subjectKeyIdentifier ?? Uint8Array.of();
  return {
    name: "a list",
    date: "2026-01-01",
    certificates: () => [
      {
        certificate: certificateOf({
          name: root.subject.der,
          keyIdentifier: Uint8Array.of(4, identifier.length, ...identifier),
          publicKeyInfo: root.subjectPublicKeyInfoDer,
          nameConstraints,
          notAfter: root.notAfter,
        }),
        settings: { trusted: [OID.serverAuth], ...settings },
      },
    ],
  };
}

function storeOf(program: RootProgram): TrustStore {
  const store = new TrustStore();
  const certificates = program.certificates();
  store.addBundle({ certificates, skipped: [] }, program.name);
  return store;
}

function verify(
  trustStore: TrustStore,
  serverName = "a.test",
  purpose: "serverAuth" | "clientAuth" = "serverAuth",
) {
  return createVerifier({ provider, trustStore, profile: "strict" }).verify(
    { certificates: leaf.chain },
    { purpose, serverName, now },
  );
}

describe("an anchor of a list", () => {
  it("ends a path, in the strict profile too, with the root itself sent or not", () => {
    const { path } = verify(storeOf(programOf()));
    expect(path).toHaveLength(2);
    const [root] = parseCertificates(authority.pem);
    expect(path[1]?.subject.key).toBe(root?.subject.key);
    const sent = [...leaf.chain, root?.der ?? Uint8Array.of()];
    const { path: other } = createVerifier({
      provider,
      trustStore: storeOf(programOf()),
    }).verify(
      { certificates: sent },
      { purpose: "serverAuth", serverName: "a.test", now },
    );
    expect(other[1]?.der).toEqual(path[1]?.der);
  });

  it("answers for no other name, and for no client", () => {
    expect(() => verify(storeOf(programOf()), "b.test")).toThrow(
      /not valid for the expected name/,
    );
    expect(() => verify(storeOf(programOf()), "a.test", "clientAuth")).toThrow(
      expect.objectContaining({ code: "certificate_rejected" }),
    );
  });

  it("answers for the names that its constraints permit alone", () => {
    // permittedSubtrees of a dNSName: ".tr", then "a.test".
    const tr = Uint8Array.from([
      0x30, 9, 0xa0, 7, 0x30, 5, 0x82, 3, 0x2e, 0x74, 0x72,
    ]);
    expect(() => verify(storeOf(programOf({}, tr)))).toThrow(
      expect.objectContaining({ code: "permitted_violation" }),
    );
    const test = Uint8Array.from([
      ...[0x30, 12, 0xa0, 10, 0x30, 8, 0x82, 6],
      ...Buffer.from("a.test"),
    ]);
    expect(verify(storeOf(programOf({}, test))).path).toHaveLength(2);
  });

  it("that is distrusted after a date answers for no younger certificate", () => {
    const { notBefore } = parseCertificates(leaf.chainPem)[0] ?? {
      notBefore: 0,
    };
    expect(
      verify(storeOf(programOf({ distrustAfter: notBefore }))).path,
    ).toHaveLength(2);
    const earlier = storeOf(programOf({ distrustAfter: notBefore - 1000 }));
    expect(() => verify(earlier)).toThrow(
      expect.objectContaining({
        code: "issued_after_distrust",
        verifyCode: 28,
        message: expect.stringContaining(
          "distrusted for certificates as young",
        ),
      }),
    );
    // The same root, trusted by somebody else without such a date.
    earlier.add(authority.pem);
    expect(verify(earlier).path).toHaveLength(2);
    expect(verify(earlier.clone()).path).toHaveLength(2);
  });
});

describe("a context", () => {
  async function handshake(client: SSLContext, serverHostname: string) {
    const server = new SSLContext({ protocol: "tlsServer" });
    server.loadCertChain({ cert: leaf.chainPem, key: leaf.key.toPem() });
    const [near, far] = memoryPair();
    const there = server.wrapSocket(far, { serverSide: true });
    const here = client.wrapSocket(near, { serverHostname });
    there.ready.catch(() => undefined);
    try {
      await here.sendAll(Uint8Array.of(1));
      return here.getVerifiedChain().length;
    } finally {
      here.destroy();
      there.destroy();
    }
  }

  it("trusts the roots of a list in place of the system's", async () => {
    const context = createDefaultContext({ roots: programOf() });
    expect(context.certStoreStats()).toMatchObject({ x509: 1, x509Ca: 1 });
    await expect(handshake(context, "a.test")).resolves.toBe(2);
    await expect(handshake(context, "b.test")).rejects.toMatchObject({
      verifyCode: 62,
    });
  });

  it("presents no certificate that was made of a row", () => {
    const leafAlone = leaf.chain[0] ?? Uint8Array.of();
    const made = storeOf(programOf());
    const [certificate] = parseCertificates(leafAlone);
    if (certificate === undefined) throw new Error("no leaf");
    expect(issuersInStore(certificate, made, now)).toEqual([]);
    made.add(authority.pem);
    expect(issuersInStore(certificate, made, now)).toHaveLength(1);
  });

  it("does not trust with Mozilla's roots what is private", async () => {
    const context = createDefaultContext({ roots: mozillaRoots });
    expect(context.certStoreStats().x509).toBe(ROWS.length);
    await expect(handshake(context, "a.test")).rejects.toMatchObject({
      verifyCode: 20,
    });
  });

  it("tells of a certificate that is younger than a distrust", async () => {
    const roots = programOf({ distrustAfter: now - 400 * DAY });
    const context = createDefaultContext({ roots });
    await expect(handshake(context, "a.test")).rejects.toMatchObject({
      verifyCode: 28,
      verifyMessage: "certificate rejected",
    });
  });

  it.each([[[]], ["Mozilla"], [{}], [7]])("refuses %j as roots", (roots) => {
    expect(() =>
      createDefaultContext({ roots: roots as unknown as RootProgram }),
    ).toThrow(/^roots: .*expected mozillaRoots of puretls\/roots/);
  });
});
