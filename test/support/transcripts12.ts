/**
 * A client of TLS 1.2 that does the same each time: what `vectors/transcripts12`
 * has of its meetings with OpenSSL was recorded, and is replayed, by this.
 */
import { asciiBytes, concat, fromHex, utf8Bytes } from "../../src/bytes.ts";
import { noble } from "../../src/crypto/noble/index.ts";
import {
  type CipherSuiteName,
  createClientConfig,
  TlsEngine,
} from "../../src/engine/index.ts";
import { createVerifier, TrustStore } from "../../src/x509/index.ts";
import { seededRandom } from "./seeded-random.ts";

/** The client's data; OpenSSL sends it back. */
export const SAID = "the same bytes each time";

export interface Setting {
  /** Of the file; the random source's seed too. */
  readonly name: string;
  readonly suite: CipherSuiteName;
  /** Of the server's certificate. */
  readonly key: "ec" | "rsa";
  /** In hexadecimal; its identity is `client 1`. */
  readonly psk?: string;
  /** Options of OpenSSL in addition to its suite. */
  readonly openssl?: readonly string[];
}

export interface Transcript extends Setting {
  /** The program, as it names itself. */
  readonly recordedWith: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** PEM of the CA. */
  readonly ca: string;
  /** The bytes of each side, in hexadecimal, in the order of the flights. */
  readonly turns: readonly {
    readonly from: "client" | "server";
    readonly bytes: string;
  }[];
  /** OpenSSL's line of the key log. */
  readonly keyLog: string;
}

/** One connection, driven by its input, with its output. */
export class ScriptedClient {
  readonly engine: TlsEngine;
  readonly keyLog: string[] = [];
  #received: Uint8Array = new Uint8Array();

  constructor(setting: Setting, now: number, ca: string) {
    const provider = {
      ...noble,
      now: () => now,
      random: seededRandom(setting.name),
    };
    const psk = setting.psk && {
      identity: utf8Bytes("client 1"),
      key: fromHex(setting.psk),
    };
    const config = createClientConfig({
      provider,
      versions: ["TLSv1.2"],
      cipherSuites: [setting.suite],
      groups: ["x25519", "secp256r1"],
      signatureSchemes: ["ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"],
      grease: false,
      verifier: createVerifier({ provider, trustStore: TrustStore.of(ca) }),
      keyLog: (line) => this.keyLog.push(line),
      ...(psk ? { psk: () => psk } : {}),
    });
    this.engine = TlsEngine.client(config, "localhost");
  }

  get received(): Uint8Array {
    return this.#received;
  }

  /**
   * Returns the output that the input causes: the first flight for empty input.
   */
  receive(bytes: Uint8Array): Uint8Array {
    const { engine } = this;
    engine.receive(bytes);
    for (let event; (event = engine.nextEvent()) !== undefined;) {
      if (event.type === "handshake_done") engine.write(asciiBytes(SAID));
      if (event.type !== "data") continue;
      this.#received = concat(this.#received, event.bytes);
      if (this.#received.length === SAID.length) engine.close();
    }
    return engine.takeOutput();
  }
}
