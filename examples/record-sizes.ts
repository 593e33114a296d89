/**
 * The length of records: padding (RFC 9846 5.4) hides it from those who watch,
 * record_size_limit (RFC 8449) bounds it for those who receive.
 */
import {
  MemoryBIO,
  SSLContext,
  type SSLObject,
  SSLWantReadError,
} from "puretls";
import { noble as provider } from "puretls/crypto/noble";
import { createSelfSigned } from "puretls/pki";

const made = createSelfSigned({ provider, hosts: ["a.example"] });
const server = new SSLContext({
  protocol: "tlsServer",
  certChain: { cert: made.pem, key: made.key.toPem() },
  recordSizeLimit: 1024, // it has little memory
});
const client = new SSLContext({
  verifyLocations: { ca: made.pem },
  recordSizeLimit: 2 ** 14 + 1, // any: what counts is to know of limits
  padding: 256, // so that "yes" is as long as "no"
});

const [up, down] = [new MemoryBIO(), new MemoryBIO()];
const here = client.wrapBio(down, up, { serverHostname: "a.example" });
const there = server.wrapBio(up, down, { serverSide: true });
for (let round = 0; round < 3; round++) [here, there].forEach(handshake);

function handshake(side: SSLObject): void {
  try {
    side.doHandshake();
  } catch (error) {
    if (!(error instanceof SSLWantReadError)) throw error;
  }
}

/** The lengths of the records that these bytes take. */
function recordsFor(bytes: Uint8Array): number[] {
  here.write(bytes);
  const sent = up.read();
  const lengths: number[] = [];
  for (let at = 0; at < sent.length; at += 5 + (lengths.at(-1) ?? 0))
    lengths.push(((sent[at + 3] ?? 0) << 8) | (sent[at + 4] ?? 0));
  return lengths;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
if (recordsFor(encode("no")).join() !== recordsFor(encode("yes")).join())
  throw new Error("the length tells them apart");
if (recordsFor(new Uint8Array(4000)).some((length) => length > 1024 + 16))
  throw new Error("a record is too long");
