/**
 * A program does not load what it does not use: bundles of esbuild, with the
 * sources that are in them and their bytes.
 */
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../architecture/imports.ts";
import { entryPoints } from "../docs/run.ts";

interface Bundle {
  readonly bytes: number;
  /** Sources that left something in the bundle. */
  readonly sources: readonly string[];
}

const CORE = `
  export { createClientConfig, createServerConfig, createCredential, TlsEngine } from "puretls/engine";
  export { noble } from "puretls/crypto/noble";
  export { createVerifier, TrustStore } from "puretls/x509";
`;

async function bundle(code: string): Promise<Bundle> {
  const entries = entryPoints();
  const { metafile } = await build({
    stdin: { contents: code, resolveDir: PROJECT_ROOT, loader: "js" },
    absWorkingDir: PROJECT_ROOT,
    bundle: true,
    format: "esm",
    minify: true,
    metafile: true,
    write: false,
    logLevel: "silent",
    external: ["node:*"],
    plugins: [
      {
        name: "sources",
        setup: ({ onResolve }) => {
          onResolve({ filter: /^puretls($|\/)/ }, ({ path }) => ({
            path: `${PROJECT_ROOT}/${entries.get(path) ?? path}`,
            sideEffects: false,
          }));
        },
      },
    ],
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error("no bundle");
  return {
    bytes: output.bytes,
    sources: Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  };
}

/** By feature: what a program writes, and what must come with it alone. */
const FEATURES: Readonly<
  Record<string, { readonly code: string; readonly brings: RegExp }>
> = {
  "Encrypted Client Hello": {
    code: `export { createEchClient, createEchServer } from "puretls/ech";`,
    brings: /^src\/(ech\/|crypto\/hpke|handshake\/client\/offer\/ech\.)/,
  },
  "certificate compression": {
    code: `export { zlib } from "puretls/compression";`,
    brings: /^src\/compression\/|\/fflate\//,
  },
  "delegated credentials": {
    code: `export { acceptDelegatedCredentials, delegateCredential } from "puretls/engine";`,
    brings: /^src\/handshake\/authentication\/delegated-credential/,
  },
  "stateless retries": {
    code: `export { createRetryCookies } from "puretls/engine";`,
    brings: /^src\/handshake\/sessions\/retry-cookies/,
  },
  "Certificate Transparency": {
    code: `export { requireTimestamps } from "puretls/x509";`,
    brings:
      /^src\/x509\/(path\/transparency|certificates\/embedded-timestamps)/,
  },
  "PKCS#12": {
    code: `export { pkcs12 } from "puretls/x509";`,
    brings:
      /^src\/x509\/(pkcs12\/|keys\/(derivation|password-encryption|encrypted-key|private-key))/,
  },
  "Mozilla's roots": {
    code: `export { mozillaRoots } from "puretls/roots";`,
    brings: /^src\/roots\//,
  },
  fingerprints: {
    code: `export { ja3, ja4 } from "puretls/trace";`,
    brings: /^src\/(trace\/fingerprint|crypto\/noble\/md5)/,
  },
};

describe("a bundle", async () => {
  const bare = await bundle(CORE);

  it.each(Object.entries(FEATURES))(
    "without %s has nothing of it",
    async (_name, { code, brings }) => {
      expect(bare.sources.filter((path) => brings.test(path))).toEqual([]);
      const whole = await bundle(CORE + code);
      const added = whole.sources.filter(
        (path) => !bare.sources.includes(path),
      );
      expect(added.length).toBeGreaterThan(0);
      expect(added.filter((path) => !brings.test(path))).toEqual([]);
      expect(whole.bytes).toBeGreaterThan(bare.bytes);
    },
  );
});

it("of contexts reads no PKCS#12, and with the platform's reader it does", async () => {
  const reader = /^src\/x509\/pkcs12\/(?!error)/;
  const without = await bundle(`export { SSLContext } from "puretls";`);
  expect(without.sources.filter((path) => reader.test(path))).toEqual([]);
  const whole = await bundle(`
    import { SSLContext } from "puretls";
    import { pkcs12 } from "puretls/x509";
    export const context = new SSLContext({ platform: { pkcs12 } });
  `);
  expect(whole.sources.some((path) => reader.test(path))).toBe(true);
  expect(whole.sources.filter((path) => /asn1js|pkijs/.test(path))).toEqual([]);
});

/** Of servers alone: their machines, and what they are asked. */
const SERVERS =
  /^src\/(handshake\/(server\/|sessions\/session-check\.)|engine\/server-)/;

/** By config: what a program imports, and what must not come with it. */
const SLIM: Readonly<
  Record<string, { readonly code: string; readonly lacks: RegExp }>
> = {
  "a client": {
    code: `export { createClientConfig, TlsEngine } from "puretls/engine";`,
    lacks: SERVERS,
  },
  "a server": {
    code: `export { createServerConfig, TlsEngine } from "puretls/engine";`,
    lacks: /^src\/handshake\/client\//,
  },
  "a client of TLS 1.3": {
    code: `
      export { TlsEngine } from "puretls/engine";
      export { createClientConfig } from "puretls/engine/tls13";
    `,
    lacks: new RegExp(`${SERVERS.source}|12\\.ts$|/tls12/`),
  },
  "a verifier of few checks": {
    code: `export { createVerifierOf, TrustStore } from "puretls/x509";`,
    lacks:
      /^src\/x509\/(checks\/(ocsp-check|crl-(check|scope)|policies|name-constraints|strict-rules|issuance-lints)|certificates\/(ocsp|crl)\.|names\/attribute-names)/,
  },
  "a server of TLS 1.3": {
    code: `
      export { TlsEngine } from "puretls/engine";
      export { createServerConfig } from "puretls/engine/tls13";
    `,
    lacks: /^src\/handshake\/client\/|12\.ts$|\/tls12\//,
  },
};

describe("a bundle of", async () => {
  const bare = await bundle(CORE);

  it.each(Object.entries(SLIM))(
    "%s has nothing of what it does not speak",
    async (_name, { code, lacks }) => {
      const { sources, bytes } = await bundle(code);
      expect(sources.filter((path) => lacks.test(path))).toEqual([]);
      expect(bare.sources.some((path) => lacks.test(path))).toBe(true);
      expect(bytes).toBeLessThan(bare.bytes);
    },
  );
});

/** By feature: what comes with it alone, beside a client or a server. */
const ROWS: Readonly<Record<string, RegExp>> = {
  certificateAuthorities:
    /^src\/handshake\/features\/(certificate-authorities|oid-filters)\.ts$/,
  certificateCompression:
    /^src\/handshake\/(features\/certificate-compression|messages\/compressed-certificate)\.ts$/,
  certificateSignatureSchemes:
    /^src\/handshake\/features\/certificate-schemes\.ts$/,
  signedCertificateTimestamps:
    /^src\/handshake\/features\/certificate-timestamps\.ts$/,
  delegatedCredentials:
    /^src\/handshake\/(features\/delegated-credentials|authentication\/delegated-credential)\.ts$/,
  encryptedClientHello:
    /^src\/handshake\/features\/encrypted-client-hello\.ts$/,
  rawPublicKeys: /^src\/handshake\/features\/raw-public-keys\.ts$/,
  recordSizes: /^src\/handshake\/features\/record-sizes\.ts$/,
  ocspStapling: /^src\/handshake\/features\/stapling\.ts$/,
};

/** The same, of a client alone. */
const CLIENT_ROWS: Readonly<Record<string, RegExp>> = {
  clientSessions:
    /^src\/(handshake\/(config\/client-authentication|client\/(features\/sessions|offer\/psk-offer|tls13\/(early-data|tickets))|messages\/without-content|sessions\/psk|authentication\/resumption)|x509\/certificates\/validity)\.ts$/,
  clientRefusalDetails:
    /^src\/handshake\/client\/features\/refusal-details\.ts$/,
  clientCertificates:
    /^src\/handshake\/(client\/(features\/client-certificates|tls13\/post-handshake-auth)|authentication\/own-certificate)\.ts$/,
};

describe("with the configs of puretls/engine/tls13, a bundle of createClientConfigOf", () => {
  const code = (...features: readonly string[]): string => `
    import { ${["createClientConfigOf", ...features].join(", ")} } from "puretls/engine/tls13";
    export { TlsEngine } from "puretls/engine";
    export const made = (options) =>
      createClientConfigOf([${features.join(", ")}], options);
  `;

  it.each(Object.entries(CLIENT_ROWS))(
    "without %s has no source of it",
    async (feature, brings) => {
      const slim = await bundle(code());
      const more = await bundle(code(feature));
      const added = more.sources.filter((path) => !slim.sources.includes(path));
      expect(added.length).toBeGreaterThan(0);
      expect(added.filter((path) => !brings.test(path))).toEqual([]);
      expect(more.bytes).toBeGreaterThan(slim.bytes);
    },
  );
});

it.each([
  ["puretls/engine", /^src\/handshake\/server\/(tls12\/)?mismatch\.ts$/],
  ["puretls/engine/tls13", /^src\/handshake\/server\/mismatch\.ts$/],
])(
  "a server of %s has the details of refusals by name alone",
  async (entry, details) => {
    const code = (...features: readonly string[]): string => `
    import { ${["createServerConfigOf", ...features].join(", ")} } from "${entry}";
    export { TlsEngine } from "puretls/engine";
    export const made = (options) =>
      createServerConfigOf([${features.join(", ")}], options);
  `;
    const slim = await bundle(code());
    const more = await bundle(code("serverRefusalDetails"));
    const added = more.sources.filter((path) => !slim.sources.includes(path));
    expect(added.filter((path) => details.test(path)).length).toBeGreaterThan(
      0,
    );
    expect(slim.sources.filter((path) => details.test(path))).toEqual([]);
    expect(
      more.sources.filter((path) => entry.endsWith("13") && /tls12/.test(path)),
    ).toEqual([]);
    expect(more.bytes).toBeGreaterThan(slim.bytes + 2000);
  },
);

describe.each(["puretls/engine", "puretls/engine/tls13"])(
  "with the configs of %s, a bundle",
  (entry) => {
    describe.each(["createClientConfigOf", "createServerConfigOf"])(
      "of %s",
      (make) => {
        const code = (...features: readonly string[]): string => `
        import { ${[make, ...features].join(", ")} } from "${entry}";
        export { TlsEngine } from "puretls/engine";
        export const made = (options) =>
          ${make}([${features.join(", ")}], options);
      `;

        it.for(Object.entries(ROWS))(
          "without %s has no source of it",
          async ([feature, brings], { annotate }) => {
            const slim = await bundle(code());
            const more = await bundle(code(feature));
            expect(slim.sources.filter((path) => brings.test(path))).toEqual(
              [],
            );
            const added = more.sources.filter(
              (path) => !slim.sources.includes(path),
            );
            expect(added.length).toBeGreaterThan(0);
            expect(added.filter((path) => !brings.test(path))).toEqual([]);
            expect(more.bytes).toBeGreaterThan(slim.bytes);
            await annotate(`${more.bytes - slim.bytes} bytes minified`);
          },
        );
      },
    );
  },
);

it("the interface of Python's ssl loads none of the extensions' objects", async () => {
  const { sources } = await bundle(`export { SSLContext } from "puretls";`);
  const lacks =
    /^src\/(ech|compression|trace|pki|roots)\/|hpke|x509\/(path\/transparency|certificates\/embedded)|handshake\/(authentication\/delegated-credential|sessions\/retry-cookies)|fflate|asn1js|pkijs/;
  expect(sources.filter((path) => lacks.test(path))).toEqual([]);
  expect(sources).toContain("src/ssl/context/settings-table.ts");
});
