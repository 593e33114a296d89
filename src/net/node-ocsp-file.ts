/** A file with an OCSP response that is always fresh: a cache for all workers. */
import {
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { pid } from "node:process";
import { toHex } from "../bytes.ts";
import { noble } from "../crypto/noble/index.ts";
import { TlsUsageError } from "../errors.ts";
import { callListener } from "../promises.ts";
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
 * over, and it is verified before it is written. One that has run out is removed:
 * stapled, it would end connections. Several processes may keep the same file:
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
  if (!(interval > 0))
    throw new TlsUsageError(
      `interval: ${String(interval)}; milliseconds above 0 are allowed`,
    );
  const refresh = (): Promise<boolean> => refreshed(options);
  const timer = setInterval(
    () => {
      void refresh();
    },
    Math.min(interval, 2 ** 31 - 1),
  );
  timer.unref();
  return {
    refresh,
    close: () => {
      clearInterval(timer);
    },
  };
}

async function refreshed(options: KeepOcspFileOptions): Promise<boolean> {
  const { certFile, ocspFile, provider = noble } = options;
  try {
    const chain = readFileSync(certFile, "utf8");
    if (isFresh(stapleIn(options, chain), provider.now())) return false;
    const { response } = await fetchOcspResponse({ ...options, chain });
    const written = `${ocspFile}.${pid.toString()}-${toHex(provider.random(4))}`;
    writeFileSync(written, response);
    renameSync(written, ocspFile);
  } catch (error) {
    tell(options, { outcome: "failed", error });
    dropExpired(options);
    return false;
  }
  tell(options, { outcome: "fetched" });
  return true;
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

/** A chain that cannot be read proves nothing of the response. */
function dropExpired(options: KeepOcspFileOptions): void {
  const { certFile, ocspFile } = options;
  try {
    const chain = readFileSync(certFile, "utf8");
    if (!existsSync(ocspFile) || stapleIn(options, chain) !== undefined) return;
    rmSync(ocspFile, { force: true });
    tell(options, { outcome: "expired" });
  } catch (error) {
    tell(options, { outcome: "failed", error });
  }
}

function tell({ onRefresh }: KeepOcspFileOptions, event: OcspFileEvent): void {
  callListener(() => onRefresh?.(event));
}
