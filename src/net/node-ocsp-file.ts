/** A file with an OCSP response that is always fresh: a cache for all workers. */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { pid } from "node:process";
import { toHex } from "../bytes.ts";
import { noble } from "../crypto/noble/index.ts";
import { callListener } from "../promises.ts";
import { checkInterval, startInterval } from "../ssl/platform/interval.ts";
import { hasRunOut } from "../x509/checks/ocsp-check.ts";
import {
  checkedStaple,
  fetchOcspResponse,
  type FetchOcspOptions,
  type OcspStaple,
  partiesOf,
} from "./node-ocsp.ts";

/** Options of {@link keepOcspFile}. */
export interface KeepOcspFileOptions extends Omit<FetchOcspOptions, "chain"> {
  /** Path of the chain in PEM: the leaf and its issuer first. */
  readonly certFile: string;
  /** Path of the response, DER: `ocspFile` of `watchCertChain()`. */
  readonly ocspFile: string;
  /** Milliseconds between two looks at the files. Default ten minutes. */
  readonly interval?: number;
  /** Told of each fetch and each fault. What it throws is ignored. */
  readonly onRefresh?: (event: OcspFileEvent) => unknown;
}

/** One fetch. */
export interface OcspFileEvent {
  /**
   * `failed`: the response before stays as long as it is valid. `expired`: it was
   * not any more, and the file was removed.
   */
  readonly outcome: "fetched" | "failed" | "expired";
  readonly error?: unknown;
}

/** A response on disk, as long as it is kept fresh. */
export interface OcspFileKeeper {
  /** Looks now: true where a response was fetched. Never rejects. */
  refresh(): Promise<boolean>;
  /** Stops looking. The file stays. */
  close(): void;
}

const TEN_MINUTES = 600_000;

/**
 * Keeps a fresh OCSP response about a certificate in a file: it is fetched when
 * there is none, when the certificate has changed, and when half of its time is
 * over, and it is verified before it is written. One that has run out for five
 * minutes is removed: stapled, it would end connections. Several processes may
 * keep the same file:
 * whoever is first fetches, and `watchCertChain()` staples it in all of them. The
 * timer does not keep the process alive.
 *
 * @throws TlsUsageError for an interval that is not above 0
 *
 * @example
 * ```ts
 * import type { SSLContext } from "puretls";
 * import { keepOcspFile, watchCertChain } from "puretls/node";
 *
 * async function withStaple(context: SSLContext): Promise<void> {
 *   const files = { certFile: "/etc/tls/chain.pem", ocspFile: "/run/tls/ocsp" };
 *   await keepOcspFile(files).refresh();
 *   watchCertChain(context, { ...files, keyFile: "/etc/tls/key.pem" });
 * }
 * if (typeof withStaple !== "function") throw new Error();
 * ```
 */
export function keepOcspFile(options: KeepOcspFileOptions): OcspFileKeeper {
  const { interval = TEN_MINUTES } = options;
  checkInterval("interval", interval);
  const refresh = (): Promise<boolean> => refreshed(options);
  const close = startInterval(interval, () => {
    void refresh();
  });
  return { refresh, close };
}

async function refreshed(options: KeepOcspFileOptions): Promise<boolean> {
  const { certFile, ocspFile, provider = noble } = options;
  try {
    const chain = readFileSync(certFile, "utf8");
    if (isFresh(stapleIn(options, chain), provider.now())) return false;
    const { response } = await fetchOcspResponse({ ...options, chain });
    replaceFile(ocspFile, response, provider.random(8));
  } catch (error) {
    tell(options, { outcome: "failed", error });
    dropExpired(options);
    return false;
  }
  tell(options, { outcome: "fetched" });
  return true;
}

/** Writes a new file and renames it; it is removed where that fails. */
function replaceFile(
  file: string,
  bytes: Uint8Array,
  suffix: Uint8Array,
): void {
  const written = `${file}.${pid.toString()}-${toHex(suffix)}`;
  // A file that is there, or a link, is somebody else's.
  const descriptor = openSync(written, "wx");
  try {
    try {
      writeFileSync(descriptor, bytes);
    } finally {
      closeSync(descriptor);
    }
    renameSync(written, file);
  } catch (error) {
    rmSync(written, { force: true });
    throw error;
  }
}

/** The file's response, where it is about this chain and valid. */
function stapleIn(
  { ocspFile, provider = noble }: KeepOcspFileOptions,
  chain: string,
): OcspStaple | undefined {
  if (!existsSync(ocspFile)) return undefined;
  try {
    const response = readFileSync(ocspFile);
    return checkedStaple(response, partiesOf(chain), provider);
  } catch {
    return undefined;
  }
}

function isFresh(staple: OcspStaple | undefined, now: number): boolean {
  if (staple?.nextUpdate === undefined) return false;
  const { thisUpdate, nextUpdate } = staple;
  return now < thisUpdate + (nextUpdate - thisUpdate) / 2;
}

/**
 * Removes a response that has run out. One that this process cannot use for
 * another reason, such as a clock that is behind, may serve the others.
 */
function dropExpired(options: KeepOcspFileOptions): void {
  const { ocspFile, provider = noble } = options;
  try {
    if (!existsSync(ocspFile)) return;
    if (!hasRunOut(readFileSync(ocspFile), provider.now())) return;
    rmSync(ocspFile, { force: true });
    tell(options, { outcome: "expired" });
  } catch (error) {
    tell(options, { outcome: "failed", error });
  }
}

function tell({ onRefresh }: KeepOcspFileOptions, event: OcspFileEvent): void {
  callListener(() => onRefresh?.(event));
}
