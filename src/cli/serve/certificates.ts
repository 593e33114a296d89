/** Certificates by the names in them, and folders of certificates that change. */
import {
  existsSync,
  type FSWatcher,
  readdirSync,
  readFileSync,
  watch,
} from "node:fs";
import { basename, join } from "node:path";
import { type CertChainWatch, watchCertChain } from "../../net/node.ts";
import type { SSLContext } from "../../ssl/ssl-context.ts";
import {
  type Certificate,
  matchHost,
  parseCertificates,
} from "../../x509/index.ts";
import { parsing } from "../input-file.ts";
import { CommandError } from "../command.ts";
import { explain } from "../text/explain.ts";
import type { Values } from "./options.ts";

/** Files of a chain and its key. */
interface Pair {
  readonly certFile: string;
  readonly keyFile?: string;
}

/** A change of files, for whoever watches the server. */
export type Told = (
  outcome: "loaded" | "reloaded" | "removed" | "failed",
  file: string,
  detail?: string,
) => void;

interface Entry {
  readonly pair: Pair;
  readonly context: SSLContext;
  readonly watch: CertChainWatch;
  /** As it was when it was loaded last. */
  leaf: Certificate;
}

/** Milliseconds between a change in a folder and the look at it. */
const SETTLED = 150;

/**
 * The contexts of a server: one for each certificate, of which the client's name
 * chooses. Those whose names are the same share one, so that the kind of key
 * chooses between them.
 */
export class ServerCertificates {
  readonly #make: () => SSLContext;
  readonly #password: string | undefined;
  readonly #tell: Told;
  readonly #entries = new Map<string, Entry>();
  readonly #folder: string | undefined;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Loads what the options name.
   *
   * @throws CommandError without a certificate, and what loading throws
   */
  constructor(
    values: Values,
    password: string | undefined,
    make: () => SSLContext,
    tell: Told,
  ) {
    this.#make = make;
    this.#password = password;
    this.#tell = tell;
    this.#folder = values.certs;
    for (const pair of pairsOf(values)) this.#load(pair);
    if (values.certs !== undefined)
      for (const pair of pairsIn(values.certs)) this.#load(pair);
    if (this.#entries.size === 0)
      throw new CommandError(
        `--certs ${values.certs ?? ""}: there is no NAME.pem or NAME.crt in it`,
      );
  }

  /** The context of every name that no certificate has. */
  get first(): SSLContext {
    const [entry] = this.#entries.values();
    if (entry === undefined) throw new Error("no certificate is left");
    return entry.context;
  }

  /** The context of a name in SNI: the first whose certificate has it. */
  for(name: string | null): SSLContext {
    if (name !== null)
      for (const { context, leaf } of this.#entries.values())
        if (matchHost(leaf, name)) return context;
    return this.first;
  }

  /** Looks at the files again whenever their folder changes. */
  watch(): void {
    if (this.#folder === undefined) return;
    try {
      this.#watcher = watch(this.#folder, () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
          this.#look();
        }, SETTLED);
      });
    } catch (error) {
      // A system that has no watches left: the files are looked at each minute.
      this.#tell("failed", this.#folder, explain(error));
      return;
    }
    // The folder may go; what was loaded stays.
    this.#watcher.on("error", () => undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    for (const entry of this.#entries.values()) entry.watch.close();
  }

  /** Loads what is new in the folder, and lets go of what is not there. */
  #look(): void {
    const folder = this.#folder ?? "";
    let pairs: readonly Pair[];
    try {
      pairs = pairsIn(folder);
    } catch (error) {
      this.#tell("failed", folder, explain(error));
      return;
    }
    for (const pair of pairs) {
      const known = this.#entries.get(pair.certFile);
      if (known !== undefined) {
        known.watch.reload();
        continue;
      }
      try {
        this.#load(pair);
        this.#tell("loaded", pair.certFile);
      } catch (error) {
        // Half of a pair: the other half makes another change.
        this.#tell("failed", pair.certFile, explain(error));
      }
    }
    const there = new Set(pairs.map(({ certFile }) => certFile));
    for (const [file] of this.#entries) {
      const isGone = file.startsWith(join(folder, "/")) && !there.has(file);
      // The last one stays: a server without a certificate is none.
      if (isGone && this.#entries.size > 1) this.#remove(file);
    }
  }

  /** Lets go of a certificate; those that share its context get another one. */
  #remove(file: string): void {
    const gone = this.#entries.get(file);
    if (gone === undefined) return;
    this.#drop(file, gone);
    this.#tell("removed", file);
    for (const [name, entry] of this.#entries) {
      if (entry.context !== gone.context) continue;
      this.#drop(name, entry);
      try {
        this.#load(entry.pair);
      } catch (error) {
        this.#tell("failed", name, explain(error));
      }
    }
  }

  #drop(file: string, entry: Entry): void {
    entry.watch.close();
    this.#entries.delete(file);
  }

  #load(pair: Pair): void {
    const { certFile } = pair;
    const leaf = leafOf(certFile);
    const mate = [...this.#entries.values()].find((one) =>
      areAlike(one.leaf, leaf),
    );
    const context = mate?.context ?? this.#make();
    const watch = watchCertChain(context, {
      ...pair,
      ...(this.#password !== undefined && { password: this.#password }),
      onReload: ({ outcome, error }) => {
        const entry = this.#entries.get(certFile);
        if (outcome !== "failed" && entry !== undefined)
          entry.leaf = leafOf(certFile);
        this.#tell(
          outcome === "failed" ? "failed" : "reloaded",
          certFile,
          error === undefined ? undefined : explain(error),
        );
      },
    });
    this.#entries.set(certFile, { pair, context, watch, leaf });
  }
}

/** @throws Error for a file without a certificate */
function leafOf(certFile: string): Certificate {
  const [leaf] = parsing(certFile, () =>
    parseCertificates(readFileSync(certFile)),
  );
  if (leaf === undefined)
    throw new Error(`${certFile}: there is no certificate in it`);
  return leaf;
}

/** Tells certificates that differ in the kind of their key alone. */
function areAlike(one: Certificate, other: Certificate): boolean {
  const names = (leaf: Certificate): string =>
    JSON.stringify(
      (leaf.subjectAltName ?? [])
        .map((name) => (name.type === "dNSName" ? name.value : ""))
        .sort(),
    );
  return (
    names(one) === names(other) &&
    one.subjectPublicKeyInfo.algorithm !== other.subjectPublicKeyInfo.algorithm
  );
}

/** @throws CommandError for keys without certificates */
function pairsOf({ cert = [], key = [], certs }: Values): readonly Pair[] {
  if (cert.length === 0 && certs === undefined)
    throw new CommandError("--cert FILE is missing (puretls cert makes one)");
  if (key.length > cert.length)
    throw new CommandError(
      `--key stands ${key.length} times, and --cert ${cert.length} times`,
    );
  return cert.map((certFile, at) => {
    const keyFile = key[at];
    return { certFile, ...(keyFile !== undefined && { keyFile }) };
  });
}

function pairsIn(folder: string): readonly Pair[] {
  return readdirSync(folder)
    .filter((name) => /^[^.].*\.(pem|crt)$/.test(name))
    .sort()
    .map((name) => {
      const certFile = join(folder, name);
      const stem = basename(name).replace(/\.(pem|crt)$/, "");
      const keyFile = join(folder, `${stem}.key`);
      return { certFile, ...(existsSync(keyFile) && { keyFile }) };
    });
}
