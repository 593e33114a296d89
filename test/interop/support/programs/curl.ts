/** `curl`, which is a client and speaks HTTP. */
import type { ClientOptions, ClientRun } from "../scenarios/options.ts";
import { opensslGroups, opensslSuites } from "../scenarios/options.ts";
import { PeerProcess } from "../process.ts";

/** POSTs the payload to `/` over HTTP/1.1; what it receives is the body. */
export async function curl(
  options: Omit<ClientOptions, "alpn">,
  payload: Uint8Array,
): Promise<ClientRun> {
  const { port, ca, servername = "localhost", identity } = options;
  const { version = "TLSv1.3", suites, groups } = options;
  const number = version.slice("TLSv".length);
  const suiteOption = number === "1.3" ? "--tls13-ciphers" : "--ciphers";
  const authority = `${servername}:${String(port)}`;
  const client = new PeerProcess("curl", [
    ...["-q", "-sSv", "--http1.1", "--noproxy", "*", "--cacert", ca],
    ...["--connect-to", `${authority}:127.0.0.1:${String(port)}`],
    ...[`--tlsv${number}`, "--tls-max", number],
    ...(suites ? [suiteOption, opensslSuites(suites)] : []),
    ...(groups ? ["--curves", opensslGroups(groups)] : []),
    ...(identity ? ["--cert", identity.cert, "--key", identity.key] : []),
    // Without the wait for "100 Continue" that a large body brings about.
    ...["--data-binary", "@-", "-H", "Expect:", `https://${authority}/`],
  ]);
  client.write(payload);
  client.endInput();
  const { code } = await client.exit();
  return { received: client.output(), exitCode: code, log: client.log() };
}
