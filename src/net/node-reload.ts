/** Certificates that change while a server runs: read again where files change. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { TlsUsageError } from "../errors.ts";
import { callListener } from "../promises.ts";
import { contextState } from "../ssl/context/context-state.ts";
import type { LoadedCredential } from "../ssl/material/key-material.ts";
import type { SSLContext } from "../ssl/ssl-context.ts";

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
   * of {@link keepOcspFile}. While there is none, nothing is stapled.
   */
  readonly ocspFile?: string;
  /** Milliseconds between two looks at the files. Default one minute. */
  readonly interval?: number;
  /** Told of each change and each fault. What it throws is ignored. */
  readonly onReload?: (event: CertChainEvent) => unknown;
}

/** One reading of files that have changed. */
export interface CertChainEvent {
  /** `failed`: the chain before stays, and the next look tries again. */
  readonly outcome: "reloaded" | "failed";
  /** The error of a file that cannot be read, or that does not fit. */
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
 * again. The timer does not keep the process alive.
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
  if (!(interval > 0))
    throw new TlsUsageError(
      `interval: ${String(interval)}; milliseconds above 0 are allowed`,
    );
  const watch = new FileWatch(context, options);
  watch.load();
  const timer = setInterval(
    () => {
      watch.reload();
    },
    Math.min(interval, 2 ** 31 - 1),
  );
  timer.unref();
  return {
    reload: () => watch.reload(),
    close: () => {
      clearInterval(timer);
    },
  };
}

class FileWatch {
  readonly #context: SSLContext;
  readonly #options: WatchCertChainOptions;
  /** Of the files as they were when they were loaded. */
  #stamp = "";
  #loaded: LoadedCredential | undefined;

  constructor(context: SSLContext, options: WatchCertChainOptions) {
    this.#context = context;
    this.#options = options;
  }

  reload(): boolean {
    try {
      if (this.#stampNow() === this.#stamp) return false;
      this.load();
    } catch (error) {
      this.#tell({ outcome: "failed", error });
      return false;
    }
    this.#tell({ outcome: "reloaded" });
    return true;
  }

  /** @throws what reading and loading throw */
  load(): void {
    const { certFile, keyFile, ocspFile, password } = this.#options;
    // Taken first: what is written from here on is seen the next time.
    const stamp = this.#stampNow();
    const state = contextState(this.#context);
    const before = state.settings.credentials;
    this.#context.loadCertChain({
      cert: readFileSync(certFile),
      ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
      ...(ocspFile !== undefined &&
        existsSync(ocspFile) && { ocspResponse: readFileSync(ocspFile) }),
      ...(password !== undefined && { password }),
    });
    const { credentials } = state.settings;
    const previous = this.#loaded;
    // A renewal may have a key of another kind: the old chain is not kept beside.
    if (previous !== undefined && credentials.includes(previous))
      state.apply({
        credentials: credentials.filter((one) => one !== previous),
      });
    this.#loaded = credentials.find((one) => !before.includes(one));
    this.#stamp = stamp;
  }

  /** Changes with each of the files, through links. @throws Node's errors */
  #stampNow(): string {
    const { certFile, keyFile, ocspFile } = this.#options;
    const staple =
      ocspFile !== undefined && existsSync(ocspFile) ? ocspFile : undefined;
    return [certFile, keyFile, staple]
      .filter((path) => path !== undefined)
      .map((path) => {
        const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, {
          bigint: true,
        });
        return [dev, ino, size, mtimeNs, ctimeNs].join(":");
      })
      .join(" ");
  }

  #tell(event: CertChainEvent): void {
    callListener(() => this.#options.onReload?.(event));
  }
}
