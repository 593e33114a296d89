/** Counts what a run costs: memory, cryptography and walks along lists. */
import { noble } from "../../src/crypto/noble/index.ts";
import type {
  CryptoProvider,
  HashAlgorithm,
  RunningHash,
} from "../../src/crypto/provider.ts";

/** Bytes of typed arrays that a run makes, but for views. */
export function allocated(run: () => void): number {
  const native = globalThis.Uint8Array;
  let bytes = 0;
  globalThis.Uint8Array = new Proxy(native, {
    construct(target, args: [unknown], newTarget) {
      if (typeof args[0] === "number") bytes += args[0];
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
  try {
    run();
  } finally {
    globalThis.Uint8Array = native;
  }
  return bytes;
}

type Method = (this: readonly unknown[], ...args: never[]) => unknown;

/**
 * Elements of arrays that a run visits, by searches, callbacks and loops: a
 * list inside a list counts by its square.
 */
export function listSteps(run: () => void): number {
  const own = new Map<string | symbol, PropertyDescriptor>();
  const { indexOf } = Array.prototype;
  let steps = 0;
  const patched = (
    name: string | symbol,
    count: (method: Method) => Method,
  ): void => {
    const property = Object.getOwnPropertyDescriptor(Array.prototype, name);
    if (property === undefined) throw new Error(`no ${String(name)}`);
    own.set(name, property);
    const value = count(property.value as Method);
    Object.defineProperty(Array.prototype, name, { ...property, value });
  };
  // A search looks at all up to what it finds.
  for (const name of ["includes", "indexOf"] as const)
    patched(
      name,
      (method) =>
        function (...args) {
          const at = (indexOf as Method).apply(this, args) as number;
          steps += at < 0 ? this.length : at + 1;
          return method.apply(this, args);
        },
    );
  for (const name of CALLBACKS)
    patched(
      name,
      (method) =>
        function (...args) {
          const [callback, ...rest] = args as unknown as [Method | undefined];
          const counted =
            callback &&
            function (this: never, ...given: never[]) {
              steps++;
              return callback.apply(this, given);
            };
          return method.apply(this, [counted, ...rest] as never[]);
        },
    );
  patched(
    Symbol.iterator,
    (method) =>
      function (...args) {
        const iterator = method.apply(this, args) as Iterator<unknown>;
        return {
          next: () => {
            steps++;
            return iterator.next();
          },
          return: () => ({ done: true, value: undefined }),
          [Symbol.iterator]() {
            return this;
          },
        };
      },
  );
  try {
    run();
  } finally {
    for (const [name, property] of own)
      Object.defineProperty(Array.prototype, name, property);
  }
  return steps;
}

const CALLBACKS = [
  "find",
  "findIndex",
  "some",
  "every",
  "filter",
  "map",
  "flatMap",
  "forEach",
  "reduce",
  "sort",
] as const;

/** Counts of the operations that a provider performed. */
export interface Work {
  /** Signatures made and checked. */
  signatures: number;
  /** Hashes begun. */
  hashes: number;
  /** Bytes hashed. */
  hashed: number;
}

/** noble, and what it is asked for. */
export function countingProvider(): {
  readonly provider: CryptoProvider;
  readonly work: Work;
} {
  const work: Work = { signatures: 0, hashes: 0, hashed: 0 };
  const signing = <T extends object>(rows: T): T =>
    mapped(rows, (row) => (...args: never[]) => {
      work.signatures++;
      return (row as (...args: never[]) => unknown)(...args);
    });
  const running = (hash: RunningHash): RunningHash => ({
    update: (data) => {
      work.hashed += data.length;
      hash.update(data);
    },
    digest: () => hash.digest(),
    clone: () => running(hash.clone()),
  });
  const hashing = (row: HashAlgorithm): HashAlgorithm => ({
    ...row,
    hash: (data) => {
      work.hashes++;
      work.hashed += data.length;
      return row.hash(data);
    },
    hmac: (key, data) => {
      work.hashes++;
      work.hashed += data.length;
      return row.hmac(key, data);
    },
    create: () => {
      work.hashes++;
      return running(row.create());
    },
    hkdfExtract: (...args) => {
      work.hashes++;
      return row.hkdfExtract(...args);
    },
    hkdfExpand: (...args) => {
      work.hashes++;
      return row.hkdfExpand(...args);
    },
  });
  const { signers, verifiers, hashes } = noble;
  const provider = {
    ...noble,
    signers: signing(signers),
    verifiers: signing(verifiers),
    hashes: mapped(hashes, (row) => hashing(row as HashAlgorithm)),
  };
  return { provider, work };
}

function mapped<T extends object>(rows: T, each: (row: unknown) => unknown): T {
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, each(row)]),
  ) as T;
}
