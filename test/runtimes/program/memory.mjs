/** Checks that need no socket: both roles in one runtime. */
import {
  MemoryBIO,
  memoryPair,
  SSLCertVerificationError,
  SSLContext,
} from "puretls";
import { assert, assertEqual, pattern, samePattern } from "./assert.mjs";

const KIB = 1024;

/**
 * The checks, by name, in the order of the table.
 *
 * @param environment see program.mjs
 */
export function memoryChecks({ provider, material }) {
  const client = (options) =>
    new SSLContext({
      provider,
      verifyLocations: { ca: material.ca },
      ...options,
    });
  const server = (options) =>
    new SSLContext({
      protocol: "tlsServer",
      provider,
      certChain: { cert: material.cert, key: material.key },
      ...options,
    });
  const only = (version) => ({
    minimumVersion: version,
    maximumVersion: version,
  });

  function handshake(version, clientOptions = {}, serverHostname = "a.test") {
    const pair = wrapPair(
      client({ ...only(version), ...clientOptions }),
      server(only(version)),
      { serverHostname },
    );
    pair.shake();
    return pair;
  }

  function connected(version) {
    const { here, there, carry } = handshake(version);
    assertEqual(here.version(), version);
    assertEqual(there.version(), version);
    for (const [from, to] of [
      [here, there],
      [there, here],
    ]) {
      from.write(Uint8Array.of(1, 2, 3));
      carry();
      assertEqual(to.read().join(), "1,2,3");
    }
    here.tryUnwrap();
    carry();
    assertEqual(there.read().length, 0);
  }

  function refused(options, serverHostname, codes) {
    for (const version of ["TLSv1.2", "TLSv1.3"]) {
      let error;
      try {
        handshake(version, options, serverHostname);
      } catch (thrown) {
        error = thrown;
      }
      if (!(error instanceof SSLCertVerificationError)) throw error;
      assert(codes.includes(error.verifyCode), `code ${error.verifyCode}`);
    }
  }

  /** Both sides send so many bytes at the same time. */
  async function bothWays(version, length) {
    const [near, far] = memoryPair();
    const there = server(only(version)).wrapSocket(far, { serverSide: true });
    const here = client(only(version)).wrapSocket(near, {
      serverHostname: "a.test",
    });
    const data = pattern(length);
    await Promise.all([
      here.sendAll(data),
      there.sendAll(data),
      receive(here, length).then((bytes) => samePattern(bytes, length)),
      receive(there, length).then((bytes) => samePattern(bytes, length)),
    ]);
    await Promise.all([here.close(), there.close()]);
  }

  function resumed(version) {
    const [from, to] = [client(only(version)), server(only(version))];
    const first = wrapPair(from, to, { serverHostname: "a.test" });
    first.shake();
    first.there.write(Uint8Array.of(1));
    first.carry();
    first.here.read();
    const { session } = first.here;
    assert(session !== null, "the server left no session");
    const next = wrapPair(from, to, { serverHostname: "a.test", session });
    next.shake();
    assert(next.here.sessionReused, "the client did not resume");
    assert(next.there.sessionReused, "the server did not resume");
  }

  return {
    "TLS 1.3": () => connected("TLSv1.3"),
    "TLS 1.2": () => connected("TLSv1.2"),
    "hybrid group": () => {
      assertEqual(handshake("TLSv1.3").here.group(), "X25519MLKEM768");
    },
    "verified chain": () => {
      assertEqual(handshake("TLSv1.3").here.getVerifiedChain().length, 2);
    },
    "unknown CA refused": () =>
      refused(
        { verifyLocations: { ca: material.otherCa } },
        "a.test",
        [18, 19, 20],
      ),
    "wrong name refused": () => refused({}, "b.test", [62]),
    "resumption, TLS 1.3": () => resumed("TLSv1.3"),
    "resumption, TLS 1.2": () => resumed("TLSv1.2"),
    "1 MiB both ways, TLS 1.3": () => bothWays("TLSv1.3", KIB * KIB),
    "256 KiB both ways, TLS 1.2": () => bothWays("TLSv1.2", 256 * KIB),
  };
}

/** One handshake in TLS 1.3 with both sides here, for the clock. */
export function timedHandshake({ provider, material }) {
  const from = new SSLContext({
    provider,
    verifyLocations: { ca: material.ca },
  });
  const to = new SSLContext({
    protocol: "tlsServer",
    provider,
    certChain: { cert: material.cert, key: material.key },
  });
  return () => wrapPair(from, to, { serverHostname: "a.test" }).shake();
}

/** A client and a server over memory BIOs; `carry` brings bytes across. */
export function wrapPair(from, to, options) {
  const [hereIn, hereOut] = [new MemoryBIO(), new MemoryBIO()];
  const [thereIn, thereOut] = [new MemoryBIO(), new MemoryBIO()];
  const here = from.wrapBio(hereIn, hereOut, options);
  const there = to.wrapBio(thereIn, thereOut, { serverSide: true });
  const carry = () => {
    thereIn.write(hereOut.read());
    hereIn.write(thereOut.read());
  };
  const shake = () => {
    for (let turn = 0; turn < 10; turn++) {
      const states = [here.tryHandshake(), there.tryHandshake()];
      carry();
      if (states.every((state) => state === "done")) return;
    }
    throw new Error("the handshake does not end");
  };
  return { here, there, carry, shake };
}

/** So many bytes of a socket, or fewer at its end. */
export async function receive(socket, length) {
  const received = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const bytes = await socket.recv(length - at);
    if (bytes.length === 0) break;
    received.set(bytes, at);
    at += bytes.length;
  }
  return received.subarray(0, at);
}
