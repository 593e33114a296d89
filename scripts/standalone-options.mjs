/** Options of esbuild for `dist/standalone`, which its tests build with, too. */

/** Transports of a page for the small client, as clauses of exports. */
const TRANSPORTS = {
  "adapters/web/web-socket": "{ fromWebSocket }",
  "adapters/web/web-socket-stream": "{ fromTcpSocket, fromWebSocketStream }",
};

/**
 * Single files by name: the global of its script, and what it exports of which
 * modules of the sources.
 */
export const STANDALONE = {
  puretls: {
    global: "puretls",
    exports: { index: "*", "adapters/web/index": "*" },
  },
  lite: {
    global: "puretlsLite",
    exports: { "lite/index": "*", ...TRANSPORTS },
  },
  "lite-tls13": {
    global: "puretlsLite",
    exports: { "lite/tls13": "*", ...TRANSPORTS },
  },
  roots: { global: "puretlsRoots", exports: { "roots/index": "*" } },
};

/**
 * Returns the text of a module that exports what a single file does.
 *
 * @param {keyof typeof STANDALONE} name
 * @param {string} folder of the modules
 * @param {string} extension of the modules
 */
export function exportsOf(name, folder, extension) {
  return Object.entries(STANDALONE[name].exports)
    .map(
      ([path, what]) =>
        `export ${what} from "${folder}/${path}${extension}";\n`,
    )
    .join("");
}

/**
 * @param {string} folder of the modules, absolute
 * @param {string} extension of the modules
 * @param {keyof typeof STANDALONE} name
 * @param {"esm" | "iife"} format
 * @returns {import("esbuild").BuildOptions}
 */
export function standaloneOptions(folder, extension, name, format) {
  const { global } = STANDALONE[name];
  return {
    stdin: {
      contents: exportsOf(name, folder, extension),
      resolveDir: folder,
    },
    bundle: true,
    minify: true,
    format,
    target: "es2020",
    ...(format === "iife" && { globalName: global }),
    logLevel: "warning",
    write: false,
  };
}
