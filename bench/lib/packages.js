/** The npm packages of `bench/peers`, where they are installed. */
import { existsSync, readFileSync } from "node:fs";

const FOLDER = new URL("../peers/", import.meta.url);

/** Name and version, as the manifest says. */
export const PACKAGES = JSON.parse(
  readFileSync(new URL("package.json", FOLDER), "utf8"),
).dependencies;

/**
 * Finds the URL of a file of a package; undefined if the package is not
 * installed.
 */
export function packageFile(name, file) {
  const url = new URL(`node_modules/${name}/${file}`, FOLDER);
  return existsSync(url) ? url.href : undefined;
}

/** The packages' entry files: their modules are imported by these. */
export const FILES = {
  reclaim: ["@reclaimprotocol/tls", "lib/index.js"],
  reclaimX509: ["@reclaimprotocol/tls", "lib/utils/x509.js"],
  reclaimPureJs: ["@reclaimprotocol/tls", "lib/crypto/pure-js.js"],
  lemon: ["lemon-tls", "index.js"],
  subtls: ["subtls", "index.js"],
  forge: ["node-forge", "lib/index.js"],
};

/** The modules by the keys of {@link FILES}; undefined where one is missing. */
export async function importPackages(...keys) {
  const urls = keys.map((key) => packageFile(...FILES[key]));
  if (urls.some((url) => url === undefined)) return undefined;
  return Promise.all(urls.map((url) => import(url)));
}

const NO_LOGGER = {
  info: () => {},
  debug: () => {},
  trace: () => {},
  warn: () => {},
  error: () => {},
  child: () => NO_LOGGER,
};

/**
 * A client of @reclaimprotocol/tls on its pure-js crypto.
 *
 * @param {readonly any[]} modules reclaim, reclaimX509, reclaimPureJs
 */
export function reclaimClient(
  [reclaim, x509, { pureJsCrypto }],
  { host, root, write, done },
) {
  reclaim.setCryptoImplementation(pureJsCrypto);
  return reclaim.makeTLSClient({
    host,
    rootCAs: [x509.loadX509FromPem(root)],
    namedCurves: ["X25519"],
    supportedProtocolVersions: ["TLS1_3"],
    logger: NO_LOGGER,
    write: ({ header, content }) => write(header, content),
    onHandshake: () => done(undefined),
    onTlsEnd: (error) => done(error ?? new Error("it ended")),
  });
}
