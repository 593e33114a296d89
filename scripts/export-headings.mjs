/** Reads what an entry point's headings group. */

/**
 * The heading above each name that a module exports.
 *
 * @param {string} source
 * @returns {Map<string, string>} empty for a module without headings
 */
export function headingsOf(source) {
  const headings = new Map();
  const [, ...sections] = source.split(/^\/\/ ## /m);
  for (const section of sections) {
    const [title = "", ...lines] = section.split("\n");
    const code = lines.join("\n").replace(/\/\*[^]*?\*\//g, "");
    for (const [, names = ""] of code.matchAll(/export (?:type )?\{([^}]*)\}/g))
      for (const name of names.split(","))
        if (name.trim() !== "")
          headings.set(name.trim().replace(/^type |^.* as /, ""), title);
    for (const [, name = ""] of code.matchAll(/export \* as (\w+)/g))
      headings.set(name, title);
  }
  return headings;
}
