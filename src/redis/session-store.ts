import type { BytesLike } from "../bytes.ts";
import type { CryptoProvider } from "../crypto/provider.ts";
import {
  MAX_SESSION_LIFETIME,
  type Session,
} from "../handshake/sessions/session.ts";
import {
  sessionFromBytes,
  sessionToBytes,
} from "../handshake/sessions/session-bytes.ts";
import type { ContextSessionStore } from "../ssl/context/store-calls.ts";
import { runner, type ShardedOptions } from "./client.ts";
import { RUN } from "./epoch.ts";
import { namesOf } from "./names.ts";
import { Sealer } from "./sealing.ts";

/** Options of {@link redisSessionStore}. */
export interface RedisSessionStoreOptions extends ShardedOptions {
  /** Its clock, random source and AEAD: the provider of the contexts. */
  readonly provider: CryptoProvider;
  /**
   * 32 bytes each, under which sessions are encrypted: the first encrypts, all of
   * them decrypt. Without them whoever reads Redis can resume as its clients, and
   * whoever writes it can let anybody in. Copied.
   */
  readonly encryptionKeys: readonly BytesLike[];
}

/** Marks a session that was taken, until its lifetime is over. */
const TAKEN = "taken";
/** Characters: a session has at most 256 KiB, and before it stands the run. */
const LONGEST_VALUE = 360_000;

/**
 * ARGV: the session, milliseconds to keep it, how it is used. Begins with the run
 * of Redis. One for single use is put once: a client of Redis that lost its
 * connection may send the command again when it was taken long ago.
 */
const PUT = `${RUN}
local value = (run or '') .. ':' .. ARGV[1]
if ARGV[3] == 'once' then
  redis.call('SET', KEYS[1], value, 'NX', 'PX', ARGV[2])
else
  redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
end
return 'kept'
`;

/**
 * ARGV: the longest value. Those of another run are marked: they may have been
 * taken already. No clock has a say in it: those of two nodes may differ. What is
 * too long to be a session is taken, and not sent.
 */
const TAKE = `
local length = redis.call('STRLEN', KEYS[1])
local value = redis.call('GETRANGE', KEYS[1], 0, ARGV[1])
if length == 0 and redis.call('EXISTS', KEYS[1]) == 0 then return false end
if value == '${TAKEN}' then return false end
redis.call('SET', KEYS[1], '${TAKEN}', 'KEEPTTL')
if length > tonumber(ARGV[1]) then return 'long:' end
${RUN}
local kept, sealed = string.match(value, '^(.*):([^:]*)$')
local mark = 'old:'
if run and kept == run then mark = 'new:' end
return mark .. (sealed or '')
`;

/**
 * Sessions in Redis, for all processes of a service: under ids of TLS 1.2 and
 * single-use tickets of TLS 1.3 (set `noTicket`, for which the client gets a name
 * and nothing else). One round trip each; a session is given once and what is
 * left says so, so that its early data needs no strike register. Sessions that Redis may have given out
 * before it was started anew, or before a replica took over, are resumed without
 * early data.
 *
 * @throws TlsUsageError for options out of range
 *
 * @example
 * ```ts
 * import { SSLContext } from "puretls";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { redisSessionStore } from "puretls/redis";
 *
 * // Stands for a client of the package redis or ioredis:
 * const client = { call: () => Promise.resolve(null) };
 * // 32 bytes that all processes have, and Redis has not:
 * const encryptionKeys = [provider.random(32)];
 * const context = new SSLContext({
 *   protocol: "tlsServer",
 *   options: { noTicket: true },
 *   sessionStore: redisSessionStore({ client, provider, encryptionKeys }),
 * });
 * if (context.sessionStore?.takesOnce !== true) throw new Error();
 * ```
 */
export function redisSessionStore(
  options: RedisSessionStoreOptions,
): ContextSessionStore {
  const { provider } = options;
  const run = runner(options);
  const namesFor = namesOf("session", options);
  const sealer = new Sealer(provider, options.encryptionKeys, LONGEST_VALUE);
  return {
    takesOnce: true,
    take: async (id) => {
      const names = namesFor(id);
      const answer = await run(TAKE, [names.key], [LONGEST_VALUE.toString()]);
      if (answer === null || answer === undefined) return undefined;
      const match = /^(old|new|long):(.*)$/s.exec(String(answer));
      if (match?.[1] === "long")
        throw new Error(
          `session store: a value of more than ${LONGEST_VALUE.toString()} characters`,
        );
      const plaintext = sealer.open(names.key, match?.[2] ?? "");
      if (plaintext === undefined)
        throw new Error(
          "session store: a value that these encryptionKeys do not open",
        );
      const session = sessionFromBytes(plaintext);
      plaintext.fill(0);
      return match?.[1] === "new" ? session : withoutEarlyData(session);
    },
    put: async (id, session) => {
      const left = millisecondsLeft(session, provider.now());
      if (left <= 0) return;
      const names = namesFor(id);
      const plaintext = sessionToBytes(session);
      const sealed = sealer.seal(names.key, plaintext);
      plaintext.fill(0);
      // An id of TLS 1.2 is used again, and brings no early data.
      const use = session.version === "TLSv1.3" ? "once" : "again";
      await run(PUT, [names.key], [sealed, left.toString(), use]);
    },
  };
}

function withoutEarlyData(session: Session): Session {
  return session.version === "TLSv1.3"
    ? Object.freeze({ ...session, maxEarlyData: 0 })
    : session;
}

/** RFC 9846 4.7.1: no longer than its lifetime, nor than seven days. */
function millisecondsLeft(session: Session, now: number): number {
  const lifetime = Math.min(session.lifetimeSeconds, MAX_SESSION_LIFETIME);
  return Math.ceil(session.createdAt + 1000 * lifetime - now);
}
