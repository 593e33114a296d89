/** Single files for scripts and CDNs: their syntax, and that they run alone. */
import { createContext, runInContext, type Context } from "node:vm";
import { webcrypto } from "node:crypto";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { describe, expect, it } from "vitest";
import {
  STANDALONE,
  standaloneOptions,
  type StandaloneName,
} from "../../scripts/standalone-options.mjs";
import { noble as provider } from "../../src/crypto/noble/index.ts";
import { createCertificateAuthority } from "../../src/pki/index.ts";
import { PROJECT_ROOT } from "../architecture/imports.ts";

const NAMES: readonly StandaloneName[] = [
  "puretls",
  "lite",
  "lite-tls13",
  "roots",
];
/** KiB gzipped; docs/bundles.md has what they are. */
const LIMITS = { puretls: 208, lite: 100, "lite-tls13": 90, roots: 60 };

const built = new Map<string, Promise<string>>();

/** The file as the build writes it, of the sources. */
function fileOf(name: StandaloneName, format: "esm" | "iife"): Promise<string> {
  const key = `${name} ${format}`;
  const options = standaloneOptions(`${PROJECT_ROOT}/src`, ".ts", name, format);
  const known =
    built.get(key) ??
    build({ ...options, write: false }).then(
      ({ outputFiles: [file] }) => file?.text ?? "",
    );
  built.set(key, known);
  return known;
}

const authority = createCertificateAuthority({ provider, name: "CA" });
const server = authority.issueServer({ hosts: ["a.test"] });

/** A realm with random bytes, and nothing else of a platform. */
async function realmWith(...names: StandaloneName[]): Promise<Context> {
  const crypto = {
    getRandomValues: (bytes: Uint8Array) => webcrypto.getRandomValues(bytes),
  };
  const realm = createContext({
    crypto,
    material: {
      ca: authority.pem,
      cert: server.chainPem,
      key: server.key.toPem(),
    },
  });
  for (const name of names) runInContext(await fileOf(name, "iife"), realm);
  return realm;
}

/** A server of `puretls` in the realm, and the transport of its client. */
const SERVER = `
  const made = new puretls.SSLContext({ protocol: "tlsServer" });
  made.loadCertChain({ cert: material.cert, key: material.key });
  const [near, far] = puretls.memoryPair();
  const there = made.wrapSocket(far, { serverSide: true });
  const echo = (async () => {
    for await (const bytes of there) await there.sendAll(bytes);
    await there.close();
  })();
  echo.catch(() => undefined);
`;

describe.each(NAMES)("the single file %s", (name) => {
  it.each(["esm", "iife"] as const)(
    "is of ECMAScript 2020 and small, as %s",
    async (format) => {
      const code = await fileOf(name, format);
      const options = { minify: true, legalComments: "none" } as const;
      const [old, young] = await Promise.all(
        (["es2020", "esnext"] as const).map((target) =>
          transform(code, { ...options, target }),
        ),
      );
      // What is younger would have been written in another way.
      expect(old?.code).toBe(young?.code);
      const size = gzipSync(code, { level: 9 }).length / 1024;
      expect(size).toBeLessThan(LIMITS[name]);
    },
  );

  it("has one global as a script", async () => {
    const realm = await realmWith(name);
    const names = Object.keys(realm);
    expect(names.sort()).toEqual(
      ["crypto", "material", STANDALONE[name].global].sort(),
    );
  });
});

it("a script connects by SSLContext", async () => {
  const realm = await realmWith("puretls");
  const outcome: unknown = await runInContext(
    `(async () => {
      ${SERVER}
      const context = puretls.createDefaultContext({ ca: material.ca });
      const here = context.wrapSocket(near, { serverHostname: "a.test" });
      await here.sendAll(Uint8Array.of(1, 2, 3));
      const bytes = await here.recv();
      await here.close();
      await echo;
      return here.version() + " " + bytes.join();
    })()`,
    realm,
  );
  expect(outcome).toBe("TLSv1.3 1,2,3");
});

it.each(["lite", "lite-tls13"] as const)(
  "a script connects by the file %s, and believes no other server",
  async (name) => {
    const realm = await realmWith("puretls", name, "roots");
    const outcome: unknown = await runInContext(
      `(async () => {
        const talk = async (options) => {
          ${SERVER}
          try {
            const here = await puretlsLite.connect(near, options);
            await here.sendAll(Uint8Array.of(1, 2, 3));
            const bytes = await here.recv();
            await here.close();
            return here.info.version + " " + bytes.join();
          } catch (error) {
            return error.cause.code;
          }
        };
        const serverHostname = "a.test";
        return [
          await talk({ serverHostname, ca: material.ca }),
          await talk({ serverHostname: "b.test", ca: material.ca }),
          await talk({ serverHostname, roots: puretlsRoots.mozillaRoots }),
        ].join("; ");
      })()`,
      realm,
    );
    expect(outcome).toBe("TLSv1.3 1,2,3; hostname_mismatch; unknown_issuer");
  },
);
