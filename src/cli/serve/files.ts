/** The files of a folder over HTTP: what is in it, and nothing outside. */
import { constants, realpathSync, statSync } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { CommandError } from "../command.ts";

/** Answers one request. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
) => void;

/**
 * Serves the files of a folder to GET and HEAD; of a folder in it, index.html.
 *
 * @throws CommandError for what is no folder
 */
export function filesOf(folder: string): Answer {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new CommandError(`--www: ${folder} is no folder`);
  const root = realpathSync(folder);
  return (request, response) => {
    send(root, request, response).catch(() => {
      // The client has gone, or the file became shorter.
      response.destroy();
    });
  };
}

async function send(
  root: string,
  { method = "", url = "" }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    refuse(response, 405, "Method Not Allowed");
    return;
  }
  const path = pathOf(url);
  const found = path === undefined ? undefined : await opened(root, path);
  if (found === undefined) {
    refuse(response, 404, "Not Found");
    return;
  }
  const { file, size, modified, type } = found;
  try {
    response.writeHead(200, {
      "content-type": type,
      "content-length": size,
      "last-modified": modified.toUTCString(),
      "x-content-type-options": "nosniff",
    });
    if (method === "HEAD" || size === 0) response.end();
    else
      // What is appended meanwhile is not of the length that was told.
      await pipeline(
        file.createReadStream({ end: size - 1, autoClose: false }),
        response,
      );
  } finally {
    await file.close();
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}

/** The path of a request's target, decoded; undefined for none that is safe. */
function pathOf(target: string): string | undefined {
  const [encoded = ""] = target.split(/[?#]/);
  if (!encoded.startsWith("/")) return undefined;
  try {
    const path = decodeURIComponent(encoded);
    // A name between slashes has neither a slash nor what systems take for one.
    return /[\0\\]/.test(path) || path.split("/").includes("..")
      ? undefined
      : path;
  } catch {
    return undefined;
  }
}

interface Found {
  readonly file: FileHandle;
  readonly size: number;
  readonly modified: Date;
  readonly type: string;
}

/** Opens the file of a path, whose links all stay in the folder. */
async function opened(root: string, path: string): Promise<Found | undefined> {
  const name = path.endsWith("/") ? join(path, "index.html") : path;
  let file: FileHandle | undefined;
  try {
    const real = await realpath(join(root, name));
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
      return undefined;
    // Its real path has no link in it: one that came meanwhile is not followed.
    file = await open(
      real,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    const stat = await file.stat();
    if (!stat.isFile()) {
      await file.close();
      return undefined;
    }
    const { size, mtime: modified } = stat;
    const type =
      TYPES[extname(real).toLowerCase()] ?? "application/octet-stream";
    return { file, size, modified, type };
  } catch {
    await file?.close();
    return undefined;
  }
}

const TEXT = "; charset=utf-8";

const TYPES: Readonly<Record<string, string>> = {
  ".html": `text/html${TEXT}`,
  ".htm": `text/html${TEXT}`,
  ".css": `text/css${TEXT}`,
  ".js": `text/javascript${TEXT}`,
  ".mjs": `text/javascript${TEXT}`,
  ".txt": `text/plain${TEXT}`,
  ".md": `text/markdown${TEXT}`,
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".pdf": "application/pdf",
};
