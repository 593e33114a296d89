/** The three algorithms that the runner makes up (RFC 8879). */
import { concat, equal } from "../../src/bytes.ts";
import type { CertificateCompressor } from "../../src/engine/index.ts";
import type { Flags } from "./flags.ts";

const EXPANDING = Uint8Array.of(1, 2, 3, 4);
const SHRINKING = Uint8Array.of(0, 0);

const ALGORITHMS: readonly CertificateCompressor[] = [
  {
    name: "expanding",
    code: 0xff02,
    evenIfLonger: true,
    compress: (data) => concat(EXPANDING, data),
    decompress: (data, length) => behind(EXPANDING, data, length),
  },
  {
    name: "shrinking",
    code: 0xff01,
    evenIfLonger: true,
    compress: (data) => behind(SHRINKING, data, data.length - 2),
    decompress: (data, length) => {
      if (data.length + 2 !== length) throw new Error("another length");
      return concat(SHRINKING, data);
    },
  },
  {
    name: "random",
    code: 0xff03,
    evenIfLonger: true,
    compress: (data) => concat(Uint8Array.of(Date.now()), data),
    decompress: (data, length) => behind(data.subarray(0, 1), data, length),
  },
];

export function compressionOf(flags: Flags): readonly CertificateCompressor[] {
  const one = flags["install-one-cert-compression-alg"];
  return ALGORITHMS.filter(
    ({ code }) => flags["install-cert-compression-algs"] || code === one,
  );
}

function behind(
  prefix: Uint8Array,
  data: Uint8Array,
  length: number,
): Uint8Array {
  const start = data.subarray(0, prefix.length);
  const rest = data.slice(prefix.length);
  if (!equal(start, prefix) || rest.length !== length)
    throw new Error("another prefix or length");
  return rest;
}
