/** Reads links and headings of Markdown; JavaScript, for markdown-it has no types. */
import MarkdownIt from "markdown-it";

const markdown = new MarkdownIt();

/**
 * The links and images of a page, in order.
 *
 * @param {string} text
 * @returns {import("./links.d.mts").Link[]}
 */
export function linksOf(text) {
  const links = [];
  let line = 1;
  for (const { map, children } of markdown.parse(text, {})) {
    // A table's cells have no line of their own, but its rows have.
    if (map !== null) line = map[0] + 1;
    for (const token of children ?? []) {
      const href = token.attrGet("href") ?? token.attrGet("src");
      if (href !== null) links.push({ href: decodeURI(href), line });
    }
  }
  return links;
}

/**
 * The fragments that lead to a page's headings, as GitHub makes them: letters,
 * digits, `_` and `-` of the text, with a number where it comes again.
 *
 * @param {string} text
 * @returns {ReadonlySet<string>}
 */
export function anchorsOf(text) {
  const anchors = new Set();
  const tokens = markdown.parse(text, {});
  for (const [i, { type }] of tokens.entries()) {
    if (type !== "heading_open") continue;
    const slug = (tokens[i + 1].children ?? [])
      .map(({ content }) => content)
      .join("")
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}
