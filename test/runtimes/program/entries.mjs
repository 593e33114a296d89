/** Checks of entry points that a program may take beside `puretls`. */
import { memoryPair, SSLContext } from "puretls";
import { drop, edit, playInMemory, scenario } from "puretls/lab";
import { connect } from "puretls/lite";
import { connect as connect13 } from "puretls/lite/tls13";
import { createCertificateAuthority } from "puretls/pki";
import { mozillaRoots } from "puretls/roots";
import { createVerifier, parsePem, TrustStore } from "puretls/x509";
import { assert, assertEqual, pattern, samePattern } from "./assert.mjs";
import { receive, wrapPair } from "./memory.mjs";

/**
 * The checks, by name.
 *
 * @param environment see program.mjs
 */
export function entryChecks({ provider, random, material }) {
  const { web } = material;

  /** A client of puretls/lite, which takes random bytes from `crypto` alone. */
  async function small(connectLite, version) {
    if (random !== undefined) globalThis.crypto ??= cryptoOf(random);
    const [near, far] = memoryPair();
    const { ca, cert, key } = material;
    const there = new SSLContext({
      protocol: "tlsServer",
      provider,
      certChain: { cert, key },
      maximumVersion: version,
    }).wrapSocket(far, { serverSide: true });
    const data = pattern(1000);
    const echo = receive(there, data.length)
      .then((bytes) => there.sendAll(bytes))
      .then(() => there.close());
    const here = await connectLite(near, { serverHostname: "a.test", ca });
    await here.sendAll(data);
    samePattern(await receive(here, data.length), data.length);
    await here.close();
    await echo;
  }

  return {
    "puretls/pki: a certificate of this runtime's own": () => {
      const authority = createCertificateAuthority({
        provider,
        name: "Own CA",
      });
      const { chainPem, key } = authority.issueServer({ hosts: ["a.test"] });
      const client = new SSLContext({
        provider,
        verifyLocations: { ca: authority.pem },
      });
      const server = new SSLContext({
        protocol: "tlsServer",
        provider,
        certChain: { cert: chainPem, key: key.toPem() },
      });
      const pair = wrapPair(client, server, { serverHostname: "a.test" });
      pair.shake();
      assertEqual(pair.here.getVerifiedChain().length, 2);
    },
    "puretls/lab: scenarios in memory": () => {
      const client = scenario("tls13")
        .beforeSend("client_hello", edit.extension("key_share", drop))
        .expectAlert("missing_extension");
      const server = scenario("tls12", "server")
        .sign("server_key_exchange", "wrong")
        .expectAlert("decrypt_error");
      for (const played of [client, server].map((one) => playInMemory(one)))
        assertEqual(played.verdict, "pass");
    },
    "puretls/lite: a client": async () => {
      await small(connect, "TLSv1.3");
      await small(connect, "TLSv1.2");
      await small(connect13, "TLSv1.3");
    },
    "puretls/roots: a chain of the web": () => {
      if (web === undefined) return "PURETLS_VECTORS names no x509-limbo";
      const trustStore = new TrustStore();
      trustStore.addBundle(
        { certificates: mozillaRoots.certificates(), skipped: [] },
        mozillaRoots.name,
      );
      const verifier = createVerifier({ provider, trustStore });
      const certificates = web.certificates.flatMap((text) =>
        parsePem(text).map(({ der }) => der),
      );
      const { host: serverName, now } = web;
      const expected = { purpose: "serverAuth", serverName, now };
      const { path } = verifier.verify({ certificates }, expected);
      assert(path.length > 2, `a path of ${String(path.length)}`);
    },
  };
}

/** The one function of WebCrypto that is needed, where an engine has none. */
function cryptoOf(random) {
  return {
    getRandomValues: (array) => {
      array.set(random(array.length));
      return array;
    },
  };
}
