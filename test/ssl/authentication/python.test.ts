/**
 * Holds the rule of this folder against CPython: its server without an
 * sni_callback, in every mode, with every client.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { node } from "../../../src/crypto/node.ts";
import { MemoryBIO, SSLContext } from "../../../src/index.ts";
import { describePython, PythonSsl } from "../../oracle/python.ts";
import { pythonMaker, type Setup, type Side } from "../../oracle/sides.ts";
import { authorities, clientChain, HOST, serverIdentity } from "./connect.ts";
import { type Mode, type Outcome, outcomeOf, type Row, rows } from "./rule.ts";

const MODE_NAMES: Readonly<Record<Mode, string>> = {
  none: "CERT_NONE",
  optional: "CERT_OPTIONAL",
  required: "CERT_REQUIRED",
};

describePython("the rule of who gets in", (interpreter) => {
  let python: PythonSsl;
  beforeAll(() => {
    python = new PythonSsl(interpreter);
  });
  afterAll(() => {
    python.end();
  });

  const plain = rows().filter(
    ({ chosen, verifier, way }) =>
      chosen === undefined &&
      verifier === "default" &&
      (way === "full" || way === "late"),
  );

  it.each(plain)(
    "$version $way, $listening: a client that presents $shown",
    async (row) => {
      const server = await pythonMaker(python)("server", setupOf(row));
      expect(await meet(row, server)).toBe(outcomeOf(row));
    },
  );
});

function setupOf({ listening, way }: Row): Setup {
  const { chainPem, key } = serverIdentity;
  return {
    protocol: "PROTOCOL_TLS_SERVER",
    set: [
      ["verify_mode", { constant: MODE_NAMES[listening] }],
      ["post_handshake_auth", way === "late"],
    ],
    calls: [
      ["load_cert_chain", { file: chainPem }, { file: key.toPem() }],
      ["load_verify_locations", { file: authorities.listening.pem }],
    ],
    wrap: { server_side: true },
  };
}

async function meet(row: Row, server: Side): Promise<Outcome> {
  const certChain = clientChain(row);
  const context = new SSLContext({
    provider: node,
    verifyLocations: { ca: authorities.servers.pem },
    ...(certChain === undefined ? {} : { certChain }),
    minimumVersion: row.version,
    maximumVersion: row.version,
    postHandshakeAuth: row.way === "late",
  });
  const [incoming, outgoing] = [new MemoryBIO(), new MemoryBIO()];
  const client = context.wrapBio(incoming, outgoing, { serverHostname: HOST });
  const step = async (move: () => unknown, ...call: [string]) => {
    try {
      move();
    } catch {
      // The server's word counts.
    }
    await server.feed(outgoing.read());
    const said = await server.call(...call);
    incoming.write(await server.drain());
    return said;
  };
  let done = false;
  for (let i = 0; i < 4 && !done; i++) {
    const said = await step(() => client.tryHandshake(), "do_handshake");
    if (isRefusal(said)) return "refused";
    done = "value" in said;
  }
  if (!done) return "refused";
  if (row.way === "late" && row.version === "TLSv1.3") {
    const asked = await server.call("verify_client_post_handshake");
    if ("value" in asked) {
      incoming.write(await server.drain());
      for (let i = 0; i < 2; i++)
        if (isRefusal(await step(() => client.tryRead(), "read")))
          return "refused";
    }
  }
  const certificate = await server.call("getpeercert");
  if (!("value" in certificate)) throw new Error(certificate.message);
  const { value } = certificate;
  return value === null || Object.keys(value as object).length === 0
    ? "nobody"
    : "right";
}

function isRefusal(said: Awaited<ReturnType<Side["call"]>>): boolean {
  return "error" in said && said.error !== "SSLWantReadError";
}
