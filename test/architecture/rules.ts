/**
 * The house rules of ARCHITECTURE.md as a table, and the checker that reads it.
 * It takes source texts, not files, so that the test can plant a fault.
 */
import { readModule, resolveImport } from "./imports.ts";
import type { Import, SourceModule, Sources } from "./imports.ts";

interface Room {
  readonly name: string;
  /** Its files, and folders with a `/` at the end. */
  readonly holds: readonly string[];
  /** Rooms by name, or paths when only a part of a room is open. */
  readonly mayImport: readonly string[];
  /** npm packages: a name, or a scope with a `/` at the end. */
  readonly packages?: readonly string[];
}

const CORE_BELOW_ENGINE = ["bytes", "errors", "wire", "crypto", "x509"];
const CORE = [...CORE_BELOW_ENGINE, "record", "handshake", "engine"];

/** From the bottom to the top: an import of a later room runs upward. */
export const ROOMS: readonly Room[] = [
  {
    name: "bytes",
    holds: [
      "src/bytes.ts",
      "src/options.ts",
      "src/promises.ts",
      "src/queues.ts",
    ],
    mayImport: [],
  },
  {
    name: "errors",
    holds: ["src/alerts.ts", "src/reasons.ts", "src/reasons/", "src/errors.ts"],
    mayImport: ["bytes"],
  },
  { name: "wire", holds: ["src/wire/"], mayImport: ["bytes", "errors"] },
  {
    name: "crypto",
    holds: ["src/crypto/"],
    mayImport: ["bytes"],
    packages: ["@noble/"],
  },
  {
    name: "x509",
    holds: ["src/x509/"],
    mayImport: ["bytes", "src/crypto/provider.ts"],
  },
  { name: "roots", holds: ["src/roots/"], mayImport: ["bytes", "x509"] },
  {
    name: "record",
    holds: ["src/record/"],
    mayImport: ["bytes", "errors", "wire", "crypto"],
  },
  {
    name: "handshake",
    holds: ["src/handshake/"],
    mayImport: CORE_BELOW_ENGINE,
  },
  {
    name: "engine",
    holds: ["src/engine.ts", "src/engine/"],
    mayImport: [...CORE_BELOW_ENGINE, "record", "handshake"],
  },
  {
    name: "compression",
    holds: ["src/compression/"],
    mayImport: ["bytes", "src/handshake/credentials/certificate-compressor.ts"],
    packages: ["fflate"],
  },
  {
    name: "ech",
    holds: ["src/ech/"],
    mayImport: [...CORE_BELOW_ENGINE, "handshake"],
  },
  { name: "ssl", holds: ["src/ssl/"], mayImport: CORE },
  { name: "net", holds: ["src/net/"], mayImport: [...CORE, "ssl"] },
  {
    name: "adapters",
    holds: ["src/adapters/"],
    mayImport: [...CORE, "ssl", "net"],
  },
  {
    name: "node-tls",
    holds: ["src/node-tls/"],
    mayImport: [...CORE, "compression", "ssl", "net"],
  },
  {
    name: "redis",
    holds: ["src/redis/"],
    mayImport: [
      ...CORE_BELOW_ENGINE,
      "handshake",
      "src/ssl/context/store-calls.ts",
      "src/ssl/platform/interval.ts",
    ],
  },
  {
    name: "pki",
    holds: ["src/pki/"],
    mayImport: ["bytes", "wire", "crypto", "x509"],
  },
  {
    name: "pkijs",
    holds: ["src/pkijs/"],
    mayImport: ["bytes", "crypto", "x509", "pki"],
    packages: ["pkijs", "asn1js"],
  },
  {
    name: "trace",
    holds: ["src/trace/"],
    mayImport: ["bytes", "errors", "wire", "crypto", "record", "handshake"],
  },
  {
    name: "lab",
    holds: ["src/lab/"],
    mayImport: [...CORE, "trace", "src/ssl/platform/timers.ts"],
    // In src/lab/fuzz/ alone.
    packages: ["fast-check"],
  },
  {
    name: "lite",
    holds: ["src/lite/"],
    mayImport: [...CORE, "src/net/transport.ts", "src/ssl/socket/transport.ts"],
  },
  {
    name: "index",
    holds: ["src/index.ts"],
    mayImport: [...CORE, "ssl", "net"],
  },
  {
    name: "cli",
    holds: ["src/cli/"],
    mayImport: [
      ...CORE,
      ...["ssl", "net", "ech", "pki", "trace", "lab", "index", "compression"],
    ],
  },
];

/** Edges that deserve more than the list of what is allowed. */
const WALLS: Readonly<Record<string, string>> = {
  "record → handshake":
    "record and handshake never import each other: the engine joins them",
  "handshake → record":
    "record and handshake never import each other: the engine joins them",
  "x509 → errors": "x509 knows no TLS and has errors of its own",
  "x509 → wire": "x509 knows no TLS and reads DER, not TLS structures",
  "x509 → crypto": "x509 sees of crypto the interfaces in provider.ts alone",
  "crypto → errors": "crypto knows nothing of TLS",
};

/** The only homes of `node:` imports. */
const NODE_HOMES: readonly { readonly at: RegExp; readonly what: RegExp }[] = [
  { at: /^src\/crypto\/node(\.ts$|\/)/, what: /^node:crypto$/ },
  { at: /^src\/compression\/node\.ts$/, what: /^node:zlib$/ },
  { at: /^src\/net\/node[^/]*\.ts$/, what: /^node:/ },
  { at: /^src\/node-tls\//, what: /^node:/ },
  { at: /^src\/lab\/node\//, what: /^node:/ },
  { at: /^src\/cli\//, what: /^node:/ },
];

/**
 * Entry points that load in any runtime: nothing that they reach may import
 * `node:` modules or pkijs and asn1js (asn1js wants a TextDecoder at import).
 */
const PORTABLE_ENTRIES = [
  "src/index.ts",
  "src/engine/index.ts",
  "src/engine/tls13.ts",
  "src/adapters/web/index.ts",
  "src/adapters/workers/index.ts",
  "src/adapters/deno/index.ts",
  "src/adapters/bun/index.ts",
  "src/adapters/duplex/index.ts",
  "src/crypto/noble/index.ts",
  "src/compression/index.ts",
  "src/ech/index.ts",
  "src/redis/index.ts",
  "src/x509/index.ts",
  "src/pki/index.ts",
  "src/roots/index.ts",
  "src/lite/index.ts",
  "src/lite/tls13.ts",
  "src/trace/index.ts",
  "src/lab/index.ts",
];

export const LINE_LIMIT = 450;

/**
 * Tables in the form of a class: as long as they must be, since their members
 * are short. What a member does at more length belongs to a file of its subject.
 */
const MEMBER_TABLES: ReadonlySet<string> = new Set(["src/ssl/ssl-context.ts"]);

/** Lines in the body of a member of such a class. */
export const MEMBER_LIMIT = 12;

/** More files than this in one folder are hard to survey. */
export const FOLDER_LIMIT = 22;

/** Folders that grow with the protocol: one file for each entry of a registry. */
const REGISTRY_FOLDERS: ReadonlySet<string> = new Set([
  "src/handshake/extensions",
  "src/handshake/messages",
]);

/**
 * Checks a tree and answers one sentence for each fault; an empty list when
 * all is well.
 */
export function findFaults(sources: Sources): string[] {
  const modules = new Map<string, SourceModule>();
  for (const [path, text] of sources) modules.set(path, readModule(path, text));
  const faults: string[] = [];
  for (const path of MEMBER_TABLES)
    faults.push(...longMembers(path, sources.get(path) ?? ""));
  for (const module of modules.values()) {
    for (const edge of module.imports) {
      const fault = edgeFault(module.path, edge, modules);
      if (fault !== undefined)
        faults.push(`${module.path}:${String(edge.line)} ${fault}`);
    }
    faults.push(...shapeFaults(module));
  }
  faults.push(...findCircles(modules));
  faults.push(...portabilityFaults(modules));
  faults.push(...folderFaults(sources.keys()));
  return faults;
}

/** Names each folder that holds more files than FOLDER_LIMIT. */
export function folderFaults(paths: Iterable<string>): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(
      ([folder, count]) =>
        count > FOLDER_LIMIT && !REGISTRY_FOLDERS.has(folder),
    )
    .map(
      ([folder, count]) =>
        `${folder} holds ${String(count)} files, more than ${String(FOLDER_LIMIT)}: group them by subject`,
    );
}

function edgeFault(
  from: string,
  edge: Import,
  modules: ReadonlyMap<string, SourceModule>,
): string | undefined {
  const room = roomOf(from);
  if (room === undefined) return undefined; // Said once, by shapeFaults.
  const { specifier } = edge;
  if (specifier === undefined)
    return "imports a computed name: write it as a string, so that it can be checked";
  if (specifier.startsWith("node:")) return nodeFault(from, specifier);
  const target = resolveImport(from, specifier);
  if (target === undefined) return packageFault(room, specifier);
  if (!modules.has(target))
    return `imports "${specifier}", but there is no file ${target}`;
  const other = roomOf(target);
  if (other === undefined || other === room) return undefined;
  if (room.mayImport.some((allowed) => covers(allowed, other, target)))
    return undefined;
  return `imports ${target}, but ${refusal(room, other)}`;
}

function covers(allowed: string, room: Room, target: string): boolean {
  return allowed === room.name || isWithin(target, allowed);
}

function refusal(room: Room, other: Room): string {
  const wall = WALLS[`${room.name} → ${other.name}`];
  if (wall !== undefined) return wall;
  const allowed =
    room.mayImport.length === 0
      ? "nothing"
      : `only ${room.mayImport.join(", ")}`;
  return ROOMS.indexOf(other) > ROOMS.indexOf(room)
    ? `${other.name} stands above ${room.name} and imports run downward: ${room.name} may import ${allowed}`
    : `${room.name} may import ${allowed}`;
}

function nodeFault(from: string, specifier: string): string | undefined {
  if (NODE_HOMES.some(({ at, what }) => at.test(from) && what.test(specifier)))
    return undefined;
  return `imports ${specifier}: node: modules are for net/node*.ts, node-tls/ and cli/, node:crypto for crypto/node.ts and crypto/node/, and node:zlib for compression/node.ts`;
}

function packageFault(room: Room, specifier: string): string | undefined {
  const packages = room.packages ?? [];
  const fits = (name: string): boolean =>
    specifier === name ||
    specifier.startsWith(name.endsWith("/") ? name : `${name}/`);
  if (packages.some(fits)) return undefined;
  const homes = ROOMS.filter((other) => (other.packages ?? []).some(fits));
  if (homes.length > 0)
    return `imports the package ${specifier}, which lives in ${homes.map((home) => `${home.name}/`).join(", ")} and nowhere else`;
  return `imports the package ${specifier}, which is in no room's list: ${room.name} may use ${packages.length === 0 ? "none" : packages.join(", ")}`;
}

function shapeFaults(module: SourceModule): string[] {
  const faults: string[] = [];
  const { path, lineCount } = module;
  if (roomOf(path) === undefined)
    faults.push(
      `${path} stands in no room: add its room to test/architecture/rules.ts, and why to ARCHITECTURE.md`,
    );
  if (lineCount > LINE_LIMIT && !MEMBER_TABLES.has(path))
    faults.push(
      `${path} has ${String(lineCount)} lines, more than ${String(LINE_LIMIT)}: split it`,
    );
  const own = module.ownStatements[0];
  if (path === "src/index.ts" && own !== undefined)
    faults.push(
      `${path}:${String(own)} is not a re-export: index.ts holds 'export … from' and nothing else`,
    );
  return faults;
}

/** One sentence for each member with a long body, by prettier's indentation. */
function longMembers(path: string, text: string): string[] {
  const faults: string[] = [];
  let start = 0;
  for (const [index, line] of text.split("\n").entries()) {
    if (/^ {2}\S.*\{$/.test(line)) start = index;
    const length = index - start - 1;
    if (line === "  }" && length > MEMBER_LIMIT)
      faults.push(
        `${path}:${String(start + 1)} has a body of ${String(length)} lines, more than ${String(MEMBER_LIMIT)}: move it to a file of its subject`,
      );
  }
  return faults;
}

/** One sentence for each circle that a walk closes. */
function findCircles(modules: ReadonlyMap<string, SourceModule>): string[] {
  const circles: string[] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const walk = (path: string): void => {
    if (finished.has(path)) return;
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = [...trail.slice(start), path].join(" → ");
      circles.push(`${circle}: these files import each other in a circle`);
      return;
    }
    trail.push(path);
    for (const target of targetsOf(modules.get(path), true)) walk(target);
    trail.pop();
    finished.add(path);
  };
  for (const path of modules.keys()) walk(path);
  return circles;
}

function portabilityFaults(
  modules: ReadonlyMap<string, SourceModule>,
): string[] {
  const faults: string[] = [];
  for (const entry of PORTABLE_ENTRIES) {
    const cameFrom = new Map<string, string | undefined>([[entry, undefined]]);
    for (const path of cameFrom.keys()) {
      const module = modules.get(path);
      const foreign = module?.imports.find(
        ({ specifier, typeOnly }) =>
          !typeOnly && /^(node:|pkijs$|asn1js$)/.test(specifier ?? ""),
      )?.specifier;
      if (foreign !== undefined)
        faults.push(
          `${routeTo(path, cameFrom)} → ${foreign}: the entry point ${entry} must load in any runtime`,
        );
      for (const target of targetsOf(module, false))
        if (!cameFrom.has(target)) cameFrom.set(target, path);
    }
  }
  return faults;
}

function routeTo(
  path: string,
  cameFrom: ReadonlyMap<string, string | undefined>,
): string {
  const before = cameFrom.get(path);
  return before === undefined ? path : `${routeTo(before, cameFrom)} → ${path}`;
}

function targetsOf(
  module: SourceModule | undefined,
  withTypes: boolean,
): Set<string> {
  const targets = new Set<string>();
  for (const { specifier, typeOnly } of module?.imports ?? []) {
    if (specifier === undefined || (typeOnly && !withTypes)) continue;
    const target = resolveImport(module?.path ?? "", specifier);
    if (target !== undefined) targets.add(target);
  }
  return targets;
}

function roomOf(path: string): Room | undefined {
  return ROOMS.find((room) => room.holds.some((held) => isWithin(path, held)));
}

function isWithin(path: string, held: string): boolean {
  return held.endsWith("/") ? path.startsWith(held) : path === held;
}
