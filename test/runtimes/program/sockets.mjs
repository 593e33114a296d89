/**
 * Checks over the sockets of a runtime, with foreign peers: OpenSSL's s_server
 * and s_client, and node:tls, which is OpenSSL too, where one side ends first.
 */
import { SSLCertVerificationError, SSLContext } from "puretls";
import { assert, assertEqual, pattern } from "./assert.mjs";
import { HALF, LINE, SERVER_NAME } from "./exchange.mjs";
import { receive } from "./memory.mjs";

const LINE_BYTES = bytesOf(`${LINE}\n`);
const NEW_LINE = 10;
const VERSIONS = ["TLSv1.3", "TLSv1.2"];

/**
 * The checks, by name: none where the runtime has no sockets.
 *
 * @param environment see program.mjs. `sockets` has for each entry point of the
 *   package `connect({ port, serverHostname, context })`, which answers an
 *   SSLSocket, and perhaps `listen({ context })`, an SSLServer. `ports` has those
 *   of the foreign servers, and `peer({ port, kind })` has a foreign client come
 */
export function socketChecks(environment) {
  const { sockets = {}, ports, material, provider, print } = environment;
  const clientContext = (options) =>
    new SSLContext({
      provider,
      verifyLocations: { ca: material.ca },
      ...options,
    });

  async function refused(connect, options, serverHostname, codes) {
    let error;
    try {
      const context = clientContext(options);
      const port = ports.openssl;
      const socket = await connect({ port, serverHostname, context });
      await socket.close();
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof SSLCertVerificationError))
      throw error ?? new Error("the server was accepted");
    assert(codes.includes(error.verifyCode), `code ${error.verifyCode}`);
  }

  const clientChecks = (connect) => ({
    "s_server, private CA": async () => {
      for (const version of VERSIONS) {
        const socket = await connect({
          port: ports.openssl,
          serverHostname: SERVER_NAME,
          context: clientContext({ maximumVersion: version }),
        });
        assertEqual(socket.version(), version);
        assertEqual(socket.getVerifiedChain().length, 2);
        await socket.sendAll(LINE_BYTES);
        assertEqual((await lineOf(socket)).join(), reverse(LINE_BYTES).join());
        await socket.close();
      }
    },
    "wrong name": () => refused(connect, {}, "b.test", [62]),
    "unknown CA": () => {
      const verifyLocations = { ca: material.otherCa };
      return refused(connect, { verifyLocations }, SERVER_NAME, [18, 19, 20]);
    },
    "half-close": async () => {
      for (const version of VERSIONS) {
        const socket = await connect({
          port: ports.halfClose,
          serverHostname: SERVER_NAME,
          context: clientContext({ maximumVersion: version }),
        });
        await socket.sendAll(pattern(HALF));
        await socket.shutdown("write");
        const back = await receive(socket, HALF + 1);
        assertEqual(back.length, HALF);
        await socket.close();
      }
    },
  });

  const serverChecks = (listen) => {
    const serverOf = (maximumVersion) => {
      const { cert, key } = material;
      const context = new SSLContext({
        protocol: "tlsServer",
        provider,
        certChain: { cert, key },
        maximumVersion,
      });
      return listen({ context });
    };
    return {
      s_client: async () => {
        for (const version of VERSIONS) {
          const server = await serverOf(version);
          print(JSON.stringify({ listening: server.port, kind: "s_client" }));
          const { socket } = await server.accept();
          const line = await lineOf(socket);
          await socket.sendAll(reverse(line));
          await socket.close();
          await server.close();
          assertEqual(line.join(), LINE_BYTES.join());
        }
      },
      "server's half-close": async () => {
        const server = await serverOf("TLSv1.3");
        print(JSON.stringify({ listening: server.port, kind: "half-close" }));
        const { socket } = await server.accept();
        const bytes = await receive(socket, HALF + 1);
        await socket.sendAll(bytes);
        await socket.close();
        await server.close();
        assertEqual(bytes.length, HALF);
      },
    };
  };

  const checks = {};
  for (const [entry, { connect, listen }] of Object.entries(sockets)) {
    const named = {
      ...(connect && clientChecks(connect)),
      ...(listen && serverChecks(listen)),
    };
    for (const [name, check] of Object.entries(named))
      checks[`${entry}: ${name}`] = check;
  }
  return checks;
}

function bytesOf(text) {
  return Uint8Array.from([...text], (character) => character.charCodeAt(0));
}

/** A line with its end, which stays there, read backwards. */
export function reverse(line) {
  return Uint8Array.from([...line.subarray(0, -1)].reverse().concat(NEW_LINE));
}

/** A line with its end. */
async function lineOf(socket) {
  const line = [];
  while (line[line.length - 1] !== NEW_LINE) {
    const bytes = await socket.recv();
    if (bytes.length === 0) throw new Error("the peer ended in a line");
    line.push(...bytes);
  }
  return Uint8Array.from(line);
}
