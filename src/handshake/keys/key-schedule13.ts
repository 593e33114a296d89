/**
 * The key schedule of RFC 9846 7.1 as types: each stage is made by the one
 * before it and by nothing else, so the wrong order does not compile.
 *
 *     earlySecret() → EarlySecret → HandshakeSecret → MainSecret
 */
import { asciiBytes, NO_BYTES, Secret } from "../../bytes.ts";
import type { HashAlgorithm } from "../../crypto/provider.ts";

export type { EarlySecret, HandshakeSecret, MainSecret, TrafficSecret };

/** RFC 9846 7.1: HKDF-Extract of the PSK, or of zeros without one. */
export function earlySecret(hash: HashAlgorithm, psk?: Secret): EarlySecret {
  if (psk !== undefined)
    return new EarlySecret(
      hash,
      new Secret(hash.hkdfExtract(NO_BYTES, psk.bytes)),
    );
  const { early, derived } = constantsOf(hash);
  return new EarlySecret(hash, new Secret(early.slice()), derived);
}

/**
 * Values that are the same in every key schedule of a hash, and so no secret.
 */
interface Constants {
  /** Transcript-Hash of no messages. */
  readonly nothing: Uint8Array;
  /** The early secret without a PSK. */
  readonly early: Uint8Array;
  /** Derive-Secret(early, "derived", "") */
  readonly derived: Uint8Array;
}

const constants = new WeakMap<HashAlgorithm, Constants>();

function constantsOf(hash: HashAlgorithm): Constants {
  const known = constants.get(hash);
  if (known !== undefined) return known;
  const length = hash.outputLength;
  const nothing = hash.hash(NO_BYTES);
  const early = hash.hkdfExtract(NO_BYTES, new Uint8Array(length));
  const secret = new Secret(early);
  const derived = hkdfExpandLabel(hash, secret, "derived", nothing, length);
  const made = { nothing, early, derived };
  constants.set(hash, made);
  return made;
}

/**
 * A traffic secret from elsewhere: a key log, a vector. Owns the secret.
 *
 * @param epoch of its sender; that of the first application keys unless given
 */
export function trafficSecret<S extends Side>(
  hash: HashAlgorithm,
  secret: Secret,
  sender: S,
  epoch?: number,
): TrafficSecret<S> {
  return new TrafficSecret(hash, secret, sender, epoch);
}

/**
 * HkdfLabel, RFC 9846 7.1. Written by hand: a handshake has forty of them, each of
 * a few bytes.
 */
function hkdfLabel(
  length: number,
  label: string,
  context: Uint8Array,
): Uint8Array {
  const name = PREFIX.length + label.length;
  if (name > 0xff || context.length > 0xff)
    throw new RangeError(
      `HKDF-Expand-Label takes a label of at most ${0xff - PREFIX.length} bytes and a context of at most 255, not ${label.length} and ${context.length}`,
    );
  const info = new Uint8Array(4 + name + context.length);
  info[0] = length >>> 8;
  info[1] = length;
  info[2] = name;
  info.set(PREFIX, 3);
  for (let i = 0; i < label.length; i++) {
    const code = label.charCodeAt(i);
    if (code > 0x7f) throw new TypeError("not an ASCII string");
    info[3 + PREFIX.length + i] = code;
  }
  info[3 + name] = context.length;
  info.set(context, 4 + name);
  return info;
}

/** RFC 9846 7.1: it stands before every label. */
const PREFIX = asciiBytes("tls13 ");

/** HKDF-Expand-Label, RFC 9846 7.1. */
export function hkdfExpandLabel(
  hash: HashAlgorithm,
  secret: Secret,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const info = hkdfLabel(length, label, context);
  return hash.hkdfExpand(secret.bytes, info, length);
}

/** The exporter of RFC 9846 7.5. */
export function exportKeyingMaterial(
  hash: HashAlgorithm,
  exporterSecret: Secret,
  label: string,
  length: number,
  context: Uint8Array,
): Uint8Array {
  const derived = hkdfExpandLabel(
    hash,
    exporterSecret,
    label,
    constantsOf(hash).nothing,
    hash.outputLength,
  );
  const secret = new Secret(derived);
  const digest = hash.hash(context);
  const out = hkdfExpandLabel(hash, secret, "exporter", digest, length);
  secret.wipe();
  return out;
}

/** One stage's secret, and Derive-Secret on it. */
abstract class Stage {
  protected readonly hash: HashAlgorithm;
  protected readonly secret: Secret;

  constructor(hash: HashAlgorithm, secret: Secret) {
    this.hash = hash;
    this.secret = secret;
  }

  /** Overwrites the secret: the next stage exists. */
  wipe(): void {
    this.secret.wipe();
  }

  /** Derive-Secret, RFC 9846 7.1, of a transcript hash. */
  protected derive(label: string, transcriptHash: Uint8Array): Secret {
    return new Secret(
      hkdfExpandLabel(
        this.hash,
        this.secret,
        label,
        transcriptHash,
        this.hash.outputLength,
      ),
    );
  }

  protected traffic<S extends Side>(
    sender: S,
    label: string,
    transcriptHash: Uint8Array,
  ): TrafficSecret<S> {
    const secret = this.derive(label, transcriptHash);
    return new TrafficSecret(this.hash, secret, sender);
  }

  /** HKDF-Extract(Derive-Secret(., "derived", ""), input) */
  protected extract(input: Uint8Array): Secret {
    const salt = this.derive("derived", constantsOf(this.hash).nothing);
    const next = new Secret(this.hash.hkdfExtract(salt.bytes, input));
    salt.wipe();
    return next;
  }
}

/** The origin of a PSK, which decides the label of its binder. */
export type PskKind = "external" | "imported" | "resumption";

/** RFC 9846 7.1, RFC 9258 5.2. */
const BINDERS: Readonly<Record<PskKind, string>> = {
  external: "ext binder",
  imported: "imp binder",
  resumption: "res binder",
};

class EarlySecret extends Stage {
  /** Derive-Secret(., "derived", "") where it is known: without a PSK. */
  readonly #derived: Uint8Array | undefined;

  constructor(hash: HashAlgorithm, secret: Secret, derived?: Uint8Array) {
    super(hash, secret);
    this.#derived = derived;
  }

  /** A PskBinderEntry (RFC 9846 4.3.11.2), of the truncated ClientHello. */
  binder(kind: PskKind, transcriptHash: Uint8Array): Uint8Array {
    const { nothing } = constantsOf(this.hash);
    const key = this.traffic("client", BINDERS[kind], nothing);
    const binder = key.finished(transcriptHash);
    key.wipe();
    return binder;
  }

  /** client_early_traffic_secret, of the ClientHello. */
  clientEarlyTraffic(transcriptHash: Uint8Array): TrafficSecret<"client"> {
    return this.traffic("client", "c e traffic", transcriptHash);
  }

  /** early_exporter_secret, of the ClientHello. */
  earlyExporter(transcriptHash: Uint8Array): Secret {
    return this.derive("e exp master", transcriptHash);
  }

  /**
   * With the (EC)DHE or KEM secret, or without one (psk_ke); this stage is
   * wiped.
   */
  handshakeSecret(shared: Secret | undefined): HandshakeSecret {
    const input = shared?.bytes ?? new Uint8Array(this.hash.outputLength);
    const next =
      this.#derived === undefined
        ? this.extract(input)
        : new Secret(this.hash.hkdfExtract(this.#derived, input));
    // [9846-7.1-01]
    this.wipe();
    return new HandshakeSecret(this.hash, next);
  }

  clone(): EarlySecret {
    return new EarlySecret(this.hash, this.secret.clone(), this.#derived);
  }
}

class HandshakeSecret extends Stage {
  /** client_handshake_traffic_secret, of ClientHello…ServerHello. */
  clientHandshakeTraffic(transcriptHash: Uint8Array): TrafficSecret<"client"> {
    return this.traffic("client", "c hs traffic", transcriptHash);
  }

  /** server_handshake_traffic_secret, of ClientHello…ServerHello. */
  serverHandshakeTraffic(transcriptHash: Uint8Array): TrafficSecret<"server"> {
    return this.traffic("server", "s hs traffic", transcriptHash);
  }

  /** This stage is wiped. */
  mainSecret(): MainSecret {
    const zeros = new Uint8Array(this.hash.outputLength);
    const next = new MainSecret(this.hash, this.extract(zeros));
    this.wipe();
    return next;
  }

  clone(): HandshakeSecret {
    return new HandshakeSecret(this.hash, this.secret.clone());
  }
}

class MainSecret extends Stage {
  /** client_application_traffic_secret_0, of ClientHello…server Finished. */
  clientApplicationTraffic(
    transcriptHash: Uint8Array,
  ): TrafficSecret<"client"> {
    return this.traffic("client", "c ap traffic", transcriptHash);
  }

  /** server_application_traffic_secret_0, of ClientHello…server Finished. */
  serverApplicationTraffic(
    transcriptHash: Uint8Array,
  ): TrafficSecret<"server"> {
    return this.traffic("server", "s ap traffic", transcriptHash);
  }

  /** exporter_secret, of ClientHello…server Finished. */
  exporter(transcriptHash: Uint8Array): Secret {
    return this.derive("exp master", transcriptHash);
  }

  /** resumption_secret, of ClientHello…client Finished. */
  resumption(transcriptHash: Uint8Array): Secret {
    return this.derive("res master", transcriptHash);
  }

  clone(): MainSecret {
    return new MainSecret(this.hash, this.secret.clone());
  }
}

/** The two ends of a connection. */
export type Side = "client" | "server";

/** Clear, early data and the handshake come before it. */
const FIRST_APPLICATION_EPOCH = 3;
/** RFC 9846 4.7.3: no sender's epoch is beyond it. */
const LAST_EPOCH = 2 ** 48 - 1;

/**
 * A secret that protects one direction, RFC 9846 7.2 to 7.3. Its type names the
 * side that sends under it, so that the two directions cannot be swapped.
 */
class TrafficSecret<S extends Side = Side> {
  readonly #hash: HashAlgorithm;
  readonly #secret: Secret;
  readonly #epoch: number;
  readonly sender: S;

  constructor(
    hash: HashAlgorithm,
    secret: Secret,
    sender: S,
    epoch = FIRST_APPLICATION_EPOCH,
  ) {
    this.#hash = hash;
    this.#secret = secret;
    this.#epoch = epoch;
    this.sender = sender;
  }

  /** True when a sender may not update it: RFC 9846 4.7.3. */
  get isLast(): boolean {
    return this.#epoch >= LAST_EPOCH;
  }

  /** For the key log. Not a copy. */
  get bytes(): Uint8Array {
    return this.#secret.bytes;
  }

  /** [sender]_write_key, RFC 9846 7.3. */
  key(length: number): Secret {
    return new Secret(this.#expand("key", length));
  }

  /** [sender]_write_iv, RFC 9846 7.3. */
  iv(length: number): Uint8Array {
    return this.#expand("iv", length);
  }

  /** verify_data, RFC 9846 4.5.3. */
  finished(transcriptHash: Uint8Array): Uint8Array {
    const key = new Secret(this.#expand("finished", this.#hash.outputLength));
    const verifyData = this.#hash.hmac(key.bytes, transcriptHash);
    key.wipe();
    return verifyData;
  }

  /** application_traffic_secret_N+1, RFC 9846 7.2; this one is wiped. */
  update(): TrafficSecret<S> {
    const next = this.#expand("traffic upd", this.#hash.outputLength);
    // [9846-7.2-01]
    this.wipe();
    return new TrafficSecret(
      this.#hash,
      new Secret(next),
      this.sender,
      this.#epoch + 1,
    );
  }

  wipe(): void {
    this.#secret.wipe();
  }

  clone(): TrafficSecret<S> {
    return new TrafficSecret(
      this.#hash,
      this.#secret.clone(),
      this.sender,
      this.#epoch,
    );
  }

  #expand(label: string, length: number): Uint8Array {
    return hkdfExpandLabel(this.#hash, this.#secret, label, NO_BYTES, length);
  }
}
