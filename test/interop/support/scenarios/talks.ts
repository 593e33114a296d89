/** Foreign peers that talk to each other, to prove the harness by. */
import { expect, it } from "vitest";
import type { Certificates } from "../certificates.ts";
import type { ServerOptions, TlsOptions } from "./options.ts";
import { MIB } from "./payload.ts";
import type { Peer } from "./peer.ts";
import { opensslSuite, suiteParts } from "./suites.ts";

/** Options of both peers; a client of either version may be given them. */
interface Common extends TlsOptions {
  readonly suites: NonNullable<TlsOptions["suites"]>;
  readonly dhParameters?: ServerOptions["dhParameters"];
}

/** One test: a megabyte there and back, with a client certificate if it can be. */
export function itTalks(
  client: Peer,
  server: Peer,
  options: Common,
  certificates: () => Certificates,
): void {
  const { version = "TLSv1.3", suites, groups = [], psk } = options;
  const how = [version, ...suites, ...groups].join(" ");
  it(`${client.label} sends 1 MiB to ${server.label} and gets it back by ${how}`, async () => {
    const { ca } = certificates();
    const isRsa = suites.some((suite) =>
      suiteParts(suite).keyExchange?.endsWith("RSA"),
    );
    const listener = await server.server?.({
      identity: certificates().server[isRsa ? "RSA" : "ECDSA P-256"],
      ...(psk ? {} : { clientAuth: "required", ca }),
      alpn: ["h2"],
      ...options,
    });
    const sent = server.payload(MIB);
    const run = await client.client(
      {
        port: listener?.port ?? 0,
        ca,
        ...(psk ? {} : { identity: certificates().client.RSA }),
        alpn: ["http/1.1", "h2"],
        ...options,
      },
      sent,
    );
    expect(run.log).toMatch(RegExp(version.replace("v", "v?")));
    expect(run.log).toMatch(anyNameOf(suites));
    expect(Buffer.compare(run.received, sent)).toBe(0);
    expect(run.exitCode).toBe(0);
    expect(await listener?.stop()).not.toMatch(/unexpected eof|non-properly/);
  });
}

/** The RFC's, OpenSSL's, mbedTLS', or GnuTLS' for its cipher. */
function anyNameOf(suites: Common["suites"]): RegExp {
  const names = suites.flatMap((suite) => [
    suite,
    opensslSuite(suite),
    suite.replaceAll("_", "-"),
    `\\(${suiteParts(suite).cipher.replaceAll("_", "-")}\\)`,
  ]);
  return RegExp(names.join("|"));
}
