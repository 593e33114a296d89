/**
 * Bundles an entry as React Native does: Metro with React Native's own Babel
 * preset. Runs in a Node that Metro supports: `node metro.mjs PACKAGES FOLDER
 * ENTRY OUT`.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";

const [, , packages, folder, entry, out] = process.argv;
const require = createRequire(packages);
const Metro = require("metro");

const config = await Metro.loadConfig(
  { cwd: folder },
  {
    projectRoot: folder,
    watchFolders: [folder, dirname(packages)],
    resolver: {
      nodeModulesPaths: [dirname(packages)],
      useWatchman: false,
      unstable_conditionNames: ["react-native"],
    },
    transformer: {
      babelTransformerPath:
        require.resolve("@react-native/metro-babel-transformer"),
    },
    maxWorkers: 1,
    cacheStores: [],
    reporter: { update: ({ error }) => error && console.error(error) },
  },
);
await Metro.runBuild(config, {
  entry,
  out,
  dev: false,
  minify: false,
  platform: "android",
});
