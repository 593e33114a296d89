/** Certificates that change while a server runs: read again where files change. */
import { readFileSync, statSync } from "node:fs";
import { callListener } from "../promises.ts";
import { contextState } from "../ssl/context/context-state.ts";
import type { LoadedCredential } from "../ssl/material/key-material.ts";
import { checkInterval, startInterval } from "../ssl/platform/interval.ts";
import type { SSLContext } from "../ssl/ssl-context.ts";
import { hasRunOut } from "../x509/checks/ocsp-check.ts";

/** Options of {@link watchCertChain}. */
export interface WatchCertChainOptions {
  /** Path of the chain, leaf first, in PEM; perhaps with the key. */
  readonly certFile: string;
  /** Path of the key. Default: in `certFile`. */
  readonly keyFile?: string;
  /** Decrypts the key; it is kept for the next time. */
  readonly password?: string;
  /**
   * Path of an OCSP response about the leaf, DER, to staple (RFC 6066 8): the file
   * of {@link keepOcspFile}. While there is none, nothing is stapled, and neither
   * is one that cannot be used: `onReload` is told `unstapled`.
   */
  readonly ocspFile?: string;
  /** Milliseconds between two looks at the files. Default one minute. */
  readonly interval?: number;
  /** Told of each change and each fault. What it throws is ignored. */
  readonly onReload?: (event: CertChainEvent) => unknown;
}

/** One reading of files that have changed. */
export interface CertChainEvent {
  /**
   * `failed`: the chain before stays, and the next look tries again. `unstapled`:
   * the chain was loaded without its OCSP response, which cannot be read, has run
   * out, or is about another certificate.
   */
  readonly outcome: "reloaded" | "unstapled" | "failed";
  /** The error of a file that cannot be read, or that does not fit or serve. */
  readonly error?: unknown;
}

/** A context's certificates, as long as they are watched. */
export interface CertChainWatch {
  /**
   * Looks now, as after a renewal (an ACME client's hook, SIGHUP): true where new
   * ones were loaded. Faults are told to `onReload`, and are false.
   */
  reload(): boolean;
  /** Stops looking. The certificates stay. */
  close(): void;
}

const MINUTE = 60_000;

/**
 * Loads a chain and its key from files into a context, and again whenever they
 * have changed: renewed in place, by a rename, or by a symbolic link. Connections
 * that began before keep theirs. A pair that does not fit, as between two writes of
 * a renewal, or a file that is gone, leaves the chain before in place and is tried
 * again. An OCSP response never keeps a chain from being loaded. The timer does
 * not keep the process alive.
 *
 * @throws SSLError for files that do not fit, and Node's errors for those that
 *   cannot be read, the first time
 * @throws TlsUsageError for an interval that is not above 0
 *
 * @example
 * ```ts
 * import { mkdtempSync, renameSync, writeFileSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { SSLContext } from "puretls";
 * import { noble as provider } from "puretls/crypto/noble";
 * import { watchCertChain } from "puretls/node";
 * import { createSelfSigned } from "puretls/pki";
 *
 * const certFile = join(mkdtempSync(join(tmpdir(), "certs-")), "server.pem");
 * const renew = () => {
 *   const made = createSelfSigned({ provider, hosts: ["a.example"] });
 *   writeFileSync(`${certFile}.new`, made.pem + made.key.toPem());
 *   renameSync(`${certFile}.new`, certFile);
 * };
 * renew();
 * const context = new SSLContext({ protocol: "tlsServer" });
 * const watch = watchCertChain(context, { certFile });
 * renew();
 * if (!watch.reload() || watch.reload()) throw new Error("once for each change");
 * watch.close();
 * ```
 */
export function watchCertChain(
  context: SSLContext,
  options: WatchCertChainOptions,
): CertChainWatch {
  const { interval = MINUTE } = options;
  checkInterval("interval", interval);
  const watch = new FileWatch(context, options);
  watch.begin();
  const close = startInterval(interval, () => {
    watch.reload();
  });
  return { reload: () => watch.reload(), close };
}

/** A response to staple, or why there is none. */
interface Staple {
  readonly response?: Uint8Array;
  readonly error?: unknown;
}

class FileWatch {
  readonly #context: SSLContext;
  readonly #options: WatchCertChainOptions;
  /** Of the files as they were when they were loaded. */
  #stamp = "";
  #staple: Staple = {};
  #loaded: LoadedCredential | undefined;

  constructor(context: SSLContext, options: WatchCertChainOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** @throws what reading and loading throw */
  begin(): void {
    const { error } = this.#load();
    if (error !== undefined) this.#tell({ outcome: "unstapled", error });
  }

  reload(): boolean {
    let staple: Staple;
    try {
      if (this.#stampNow() === this.#stamp && !this.#isStapleOver())
        return false;
      staple = this.#load();
    } catch (error) {
      this.#tell({ outcome: "failed", error });
      return false;
    }
    const { error } = staple;
    this.#tell(
      error === undefined
        ? { outcome: "reloaded" }
        : { outcome: "unstapled", error },
    );
    return true;
  }

  /** @throws what reading and loading throw, but for the OCSP response */
  #load(): Staple {
    const { certFile, keyFile, password } = this.#options;
    // Taken first: what is written from here on is seen the next time.
    const stamp = this.#stampNow();
    // Given as files, so that errors name them.
    const source = {
      certFile,
      ...(keyFile !== undefined && { keyFile }),
      ...(password !== undefined && { password }),
    };
    const state = contextState(this.#context);
    const before = state.settings.credentials;
    let staple = this.#readStaple();
    try {
      const { response: ocspResponse } = staple;
      this.#context.loadCertChain({
        ...source,
        ...(ocspResponse !== undefined && { ocspResponse }),
      });
    } catch (error) {
      if (staple.response === undefined) throw error;
      this.#context.loadCertChain(source);
      staple = { error };
    }
    const { credentials } = state.settings;
    const previous = this.#loaded;
    // A renewal may have a key of another kind: the old chain is not kept beside.
    if (previous !== undefined && credentials.includes(previous))
      state.apply({
        credentials: credentials.filter((one) => one !== previous),
      });
    this.#loaded = credentials.find((one) => !before.includes(one));
    this.#stamp = stamp;
    this.#staple = staple;
    return staple;
  }

  /** Nothing where there is no file. */
  #readStaple(): Staple {
    const { ocspFile } = this.#options;
    if (ocspFile === undefined) return {};
    try {
      if (!isThere(ocspFile)) return {};
      const response = readFileSync(ocspFile);
      if (this.#isOver(response))
        throw new Error(`${ocspFile}: the OCSP response has run out`);
      return { response };
    } catch (error) {
      return { error };
    }
  }

  /** True for the response that is stapled now, once it has run out. */
  #isStapleOver(): boolean {
    const { response } = this.#staple;
    return response !== undefined && this.#isOver(response);
  }

  /** @throws X509Error for what is no response */
  #isOver(response: Uint8Array): boolean {
    const now = contextState(this.#context).kind.provider.now();
    return hasRunOut(response, now);
  }

  /** Changes with each of the files, through links. @throws Node's errors */
  #stampNow(): string {
    const { certFile, keyFile, ocspFile } = this.#options;
    const staple = ocspFile === undefined ? "" : stapleStampOf(ocspFile);
    const key = keyFile === undefined ? "" : stampOf(keyFile);
    return [stampOf(certFile), key, staple].join(" ");
  }

  #tell(event: CertChainEvent): void {
    callListener(() => this.#options.onReload?.(event));
  }
}

/** @throws Node's errors */
function stampOf(path: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(":");
}

/** A response that is not to be had is a stamp, too. */
function stapleStampOf(path: string): string {
  try {
    return stampOf(path);
  } catch {
    return "";
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
