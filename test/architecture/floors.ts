/**
 * The layers inside the large folders of src, from the bottom to the top. An
 * import may stay on its layer's own entry or go down; two entries of one layer
 * do not import each other.
 */
import { readModule, resolveImport, type Sources } from "./imports.ts";

/** Paths below the folder: a file, or a folder with a `/` at the end. */
export type Layer = readonly string[];

export const LAYERS: Readonly<Record<string, readonly Layer[]>> = {
  "src/x509/": [
    ["der/"],
    ["faults/"],
    ["keys/", "names/"],
    ["certificates/"],
    ["trust/", "pkcs12/"],
    ["path/"],
    ["checks/"],
    ["verifier.ts"],
    ["dane.ts", "raw-key.ts"],
    ["index.ts"],
  ],
  "src/handshake/": [
    ["registries/", "keys/"],
    ["credentials/"],
    ["extensions/"],
    ["messages/", "sessions/"],
    ["config/"],
    ["machine/"],
    ["features/"],
    ["authentication/"],
    ["tls12/", "tls13/"],
    ["server/mismatch.ts"],
    [
      "client/grease.ts",
      "server/grease.ts",
      "server/keep-session.ts",
      "server/ticket-calls.ts",
    ],
    ["client/states.ts", "server/states.ts"],
    ["client/tls12/states.ts", "server/tls12/states.ts"],
    ["client/hooks.ts", "server/hooks.ts", "server/second-hello.ts"],
    ["server/negotiate.ts"],
    ["client/offer/", "server/hello-retry.ts"],
    ["client/tls12/", "client/tls13/", "server/tls12/", "server/tls13/"],
    [
      "client/hello.ts",
      "client/features/",
      "server/hello.ts",
      "server/features/",
    ],
  ],
  "src/ssl/": [
    ["constants.ts", "suite-names.ts"],
    ["errors/", "module-constants.ts"],
    ["platform/", "names/"],
    ["material/"],
    ["context/"],
    ["connection/"],
    ["socket/"],
    ["object/"],
    ["ssl-context.ts"],
    ["default-context.ts", "functions.ts", "wrap-socket.ts"],
  ],
};

/** Answers one sentence for each import that runs up or sideways. */
export function layerFaults(sources: Sources): string[] {
  return Object.entries(LAYERS).flatMap(([folder, layers]) =>
    [...sources]
      .filter(([path]) => path.startsWith(folder))
      .flatMap(([path, text]) => faultsOf(path, text, folder, layers)),
  );
}

function faultsOf(
  path: string,
  text: string,
  folder: string,
  layers: readonly Layer[],
): string[] {
  const own = placeOf(path, folder, layers);
  if (own === undefined)
    return [`${path} is on no layer: name it in test/architecture/floors.ts`];
  return readModule(path, text).imports.flatMap(({ specifier = "", line }) => {
    const target = resolveImport(path, specifier);
    if (target?.startsWith(folder) !== true) return [];
    const other = placeOf(target, folder, layers);
    if (
      other === undefined ||
      other.entry === own.entry ||
      other.level < own.level
    )
      return [];
    return [
      `${path}:${String(line)} imports ${target}, but ${other.entry} stands ${other.level === own.level ? "beside" : "above"} ${own.entry}`,
    ];
  });
}

function placeOf(
  path: string,
  folder: string,
  layers: readonly Layer[],
): { readonly entry: string; readonly level: number } | undefined {
  const inside = path.slice(folder.length);
  for (const [level, layer] of layers.entries())
    for (const entry of layer)
      if (entry.endsWith("/") ? inside.startsWith(entry) : inside === entry)
        return { entry, level };
  return undefined;
}
