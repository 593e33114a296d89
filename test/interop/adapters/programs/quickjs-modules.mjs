/** The calls of QuickJS' modules `os` and `std` that the example makes, on Node. */
import { openSync, readFileSync, readSync, writeSync } from "node:fs";
import { argv } from "node:process";

globalThis.scriptArgs = argv.slice(1);

export const read = (fd, buffer, offset, length) =>
  readSync(fd, new Uint8Array(buffer, offset, length));
export const write = (fd, buffer, offset, length) =>
  writeSync(fd, new Uint8Array(buffer, offset, length));

export function open(path) {
  const fd = openSync(path);
  return { read: (buffer, offset, length) => read(fd, buffer, offset, length) };
}
export const loadFile = (path) => readFileSync(path, "utf8");
export const strerror = String;
export const err = { puts: (text) => process.stderr.write(text) };
