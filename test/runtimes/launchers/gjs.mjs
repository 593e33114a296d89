/** GJS, the JavaScript of GNOME: random bytes are read from the system. */
import Gio from "gi://Gio";
import { runProgram } from "../program/program.mjs";

const source = Gio.File.new_for_path("/dev/urandom").read(null);

await runProgram({
  ...globalThis.input,
  print: (line) => print(line),
  random: (length) => source.read_bytes(length, null).toArray(),
});
