/** Sessions with the peers that are programs of ours, both roles and versions. */
import { expect, it } from "vitest";
import { asciiBytes } from "../../../src/bytes.ts";
import { noble } from "../../../src/crypto/noble/index.ts";
import { TicketKeys } from "../../../src/engine/index.ts";
import { testClientConfig, testServerConfig } from "../../support/engines.ts";
import { testAuthority, testServer } from "../../support/pki.ts";
import {
  clientTalk,
  serverTalks,
  useFiles,
} from "../support/puretls/engines.ts";
import type { TlsOptions, Version } from "../support/scenarios/options.ts";
import type { Peer } from "../support/scenarios/peer.ts";
import { describePeers } from "../support/scenarios/peers.ts";

const file = useFiles();
const { certificatePem, keyPem } = testServer();
const ca = file("ca.pem", testAuthority().pem);
const identity = {
  cert: file("cert.pem", certificatePem),
  key: file("key.pem", keyPem),
};
const payload = asciiBytes("what the second connection says\n");

async function resumedByUs(peer: Peer, options: TlsOptions): Promise<void> {
  const server = await peer.server?.({ identity, ...options });
  const port = server?.port ?? 0;
  const versions = [options.version ?? "TLSv1.3"];
  const first = await clientTalk(port, testClientConfig({ versions }));
  expect(first.engine.error).toBeUndefined();
  expect(first.engine.info?.resumed).toBe(false);
  const [session] = first.sessions;
  if (session === undefined) throw new Error("no session came");
  const config = testClientConfig({ versions, session });
  const second = await clientTalk(port, config);
  expect(second.engine.error).toBeUndefined();
  expect(second.engine.info?.resumed).toBe(true);
  expect(second.received).toEqual(asciiBytes("hello\n"));
  expect(await server?.stop()).toMatch(/resumed=false[^]*resumed=true/);
}

async function resumedByPeer(peer: Peer, options: TlsOptions): Promise<void> {
  const { port, next } = await serverTalks(
    testServerConfig({
      provider: noble,
      versions: [options.version ?? "TLSv1.3"],
      ticketKeys: new TicketKeys({ provider: noble }),
    }),
  );
  const run = await peer.client({ port, ca, ...options }, payload);
  const [first, second] = [await next(), await next()];
  expect(run.log).toMatch(/resumed=false[^]*resumed=true/);
  expect(run.exitCode).toBe(0);
  expect(run.received).toEqual(payload);
  expect(first.engine.info?.resumed).toBe(false);
  expect(second.engine.info?.resumed).toBe(true);
  expect(second.engine.error).toBeUndefined();
}

function itResumes(
  peer: Peer,
  version: Version,
  resumes: NonNullable<TlsOptions["resumes"]>,
): void {
  it(`its server resumes ${resumes} in ${version}`, () =>
    resumedByUs(peer, { version, resumes }));
  if (resumes === "by ticket")
    it(`its client resumes ${resumes} in ${version}`, () =>
      resumedByPeer(peer, { version, resumes }));
}

for (const name of ["go", "java", "python", "rustls"] as const)
  describePeers([name], (peer) => {
    itResumes(peer, "TLSv1.3", "by ticket");
    itResumes(peer, "TLSv1.2", "by ticket");
  });

describePeers(["mbedtls"], (peer) => {
  itResumes(peer, "TLSv1.2", "by ticket");
  itResumes(peer, "TLSv1.2", "by its id");
});

/**
 * Its server of TLS 1.2 keeps no session. Its client does not send
 * psk_key_exchange_modes before it has a ticket, and so gets none (RFC 9846
 * 4.3.9): with OpenSSL, which sends one nevertheless, it resumes.
 */
describePeers(["erlang"], (peer) => {
  it("its server resumes by ticket in TLSv1.3", () =>
    resumedByUs(peer, { resumes: "by ticket" }));

  // Erlang's register takes it for ten seconds: a busy machine may need longer.
  it("its server accepts our early data", { retry: 2 }, async () => {
    const options = { resumes: "by ticket", earlyData: "any" } as const;
    const server = await peer.server?.({ identity, ...options });
    const port = server?.port ?? 0;
    const first = await clientTalk(port, testClientConfig());
    const [session] = first.sessions;
    if (session === undefined) throw new Error("no session came");
    const early = asciiBytes("early words\n");
    const { engine, received } = await clientTalk(
      port,
      testClientConfig({ session, earlyData: true }),
      "localhost",
      { early, until: early.length + 6 },
    );
    expect(engine.error).toBeUndefined();
    expect(engine.info?.earlyData).toBe("accepted");
    expect(received).toEqual(asciiBytes("early words\nhello\n"));
    expect(await server?.stop()).toMatch(/resumed=true/);
  });
});
