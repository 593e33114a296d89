/** Stateless HelloRetryRequests, RFC 9846 4.3.2. */
import { type BytesLike, equal, Secret, viewBytes } from "../../bytes.ts";
import type { CryptoProvider } from "../../crypto/provider.ts";
import { TlsUsageError } from "../../errors.ts";
import { Reader } from "../../wire/reader.ts";
import { Writer } from "../../wire/writer.ts";
import type { RetryCookies } from "./retry-memory.ts";

/** Bytes of HMAC-SHA256. */
const TAG = 32;

/**
 * Cookies that hold all that a server knows of a HelloRetryRequest, under a
 * key: for a server config's `retryCookies`. The second hello may come to
 * another engine, on another machine that has the key. What a hello said
 * inside an encrypted one (ECH) stays with its engine.
 *
 * @param options.key 32 random bytes, shared by those servers; copied. A key
 *   of this object's own unless given
 * @param options.maxAge milliseconds for which a cookie is good; 30,000 unless
 *   given
 * @throws TlsUsageError for a key of another length
 * @example
 * ```ts
 * import { noble as provider } from "puretls/crypto/noble";
 * import { createRetryCookies } from "puretls/engine";
 *
 * createRetryCookies({ provider, key: provider.random(32) });
 * ```
 */
export function createRetryCookies(options: {
  readonly provider: CryptoProvider;
  readonly key?: BytesLike;
  readonly maxAge?: number;
}): RetryCookies {
  const { provider, maxAge = 30_000 } = options;
  const given = options.key && viewBytes(options.key, "key").slice();
  const key = new Secret(given ?? provider.random(32));
  if (key.length !== 32)
    throw new TlsUsageError("retryCookies: a key has 32 bytes");
  const { hmac } = provider.hashes["SHA-256"];
  return {
    seal: (memory, now) => {
      const data = new Writer()
        .bytes(milliseconds(now))
        .u16(memory.suite)
        .u16(memory.group)
        .u8(memory.earlyData ? 1 : 0)
        .opaque8(memory.digest)
        .opaque8(memory.fixed)
        .finish();
      const tag = hmac(key.bytes, data);
      return new Writer().bytes(data).bytes(tag).finish();
    },
    open: (cookie, now) => {
      const end = cookie.length - TAG;
      if (end <= 0) return undefined;
      const data = cookie.subarray(0, end);
      if (!equal(hmac(key.bytes, data), cookie.subarray(end))) return undefined;
      return Reader.all(data, "cookie", (reader) => {
        const sealedAt = millisecondsFrom(reader.bytes(8));
        const memory = {
          suite: reader.u16(),
          group: reader.u16(),
          earlyData: reader.u8() === 1,
          digest: reader.opaque8().slice(),
          fixed: reader.opaque8().slice(),
        };
        const age = Math.floor(now) - sealedAt;
        return age >= 0 && age <= maxAge ? memory : undefined;
      });
    },
  };
}

/** The time as eight bytes: whole milliseconds since the epoch. */
function milliseconds(now: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.floor(now)));
  return bytes;
}

function millisecondsFrom(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Number(view.getBigUint64(0));
}
