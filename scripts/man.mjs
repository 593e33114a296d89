/** Writes man/puretls.1 out of the help of the commands that were built. */
import { mkdirSync, writeFileSync } from "node:fs";
import { COMMANDS } from "../dist/cli/commands.js";
import { manPage } from "../dist/cli/help/man-page.js";
import { version } from "../dist/cli/version.js";

mkdirSync("man", { recursive: true });
writeFileSync("man/puretls.1", manPage(COMMANDS, version()));
