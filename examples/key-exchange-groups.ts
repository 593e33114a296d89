/**
 * Groups of the key exchange by name: those of RFC 7748 and RFC 7919 that are
 * off by default, and what a server's other choice costs.
 */
import { memoryPair, SSLContext } from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createSelfSigned } from "puretls/pki";

const made = createSelfSigned({ provider, hosts: ["a.example"] });

/** The group that they agree on; each side names its own, best first. */
async function agreed(
  ours: readonly string[],
  theirs: readonly string[],
): Promise<string | null> {
  const server = new SSLContext({
    protocol: "tlsServer",
    certChain: { cert: made.pem, key: made.key.toPem() },
    groups: theirs,
  });
  const client = new SSLContext({
    verifyLocations: { ca: made.pem },
    groups: ours,
  });
  const [near, far] = memoryPair();
  const there = server.wrapSocket(far, { serverSide: true });
  const here = client.wrapSocket(near, { serverHostname: "a.example" });
  await Promise.all([here.ready, there.ready]);
  const group = here.group();
  await Promise.all([here.close(), there.close()]);
  return group;
}

if ((await agreed(["x448"], ["x448", "x25519"])) !== "x448")
  throw new Error("x448 should have been taken");
// A client sends a share of its first group; for another one the server asks
// by a HelloRetryRequest, which is one more round trip.
if ((await agreed(["x25519", "ffdhe3072"], ["ffdhe3072"])) !== "ffdhe3072")
  throw new Error("ffdhe3072 is the one in common");
