/** Draws the folders of src as text, from the imports that the sources have. */
import { type Layer, LAYERS } from "./floors.ts";
import { readModule, resolveImport, type Sources } from "./imports.ts";
import { ROOMS } from "./rules.ts";

const BEGIN = "<!-- picture: made by npm run docs:picture -->";
const END = "<!-- end of the picture -->";

/** The page with the picture between its two marks. */
export function replacePicture(page: string, picture: string): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = (rest ?? "").split(END);
  if (before === undefined || after === undefined)
    throw new Error(`ARCHITECTURE.md lacks the line ${BEGIN} or ${END}`);
  return `${before}${BEGIN}\n\n\`\`\`text\n${picture}\n\`\`\`\n\n${END}${after}`;
}

/**
 * Draws one line for each layer, the uppermost first. The layer of a folder
 * follows from what its files import; the layers inside a large folder are
 * those of floors.ts, which every import keeps.
 */
export function drawPicture(sources: Sources): string {
  const levels = levelsOf(sources);
  const top = Math.max(...levels.values());
  const lines: string[] = [];
  for (let level = top; level >= 0; level--) {
    const rooms = ROOMS.filter(({ name }) => levels.get(name) === level);
    lines.push(rooms.map(({ name }) => name).join(" · "));
    for (const { holds } of rooms)
      for (const folder of holds) lines.push(...inside(folder));
  }
  return lines.join("\n");
}

function inside(folder: string): string[] {
  const layers: readonly Layer[] = LAYERS[folder] ?? [];
  return layers.map((layer) => `    ${layer.join(" · ")}`).reverse();
}

/** The longest way down from each room. */
function levelsOf(sources: Sources): ReadonlyMap<string, number> {
  const roomOf = (path: string): string | undefined =>
    ROOMS.find(({ holds }) =>
      holds.some((held) =>
        held.endsWith("/") ? path.startsWith(held) : path === held,
      ),
    )?.name;
  const below = new Map<string, Set<string>>();
  for (const [path, text] of sources) {
    const from = roomOf(path);
    if (from === undefined) continue;
    const targets = below.get(from) ?? new Set();
    below.set(from, targets);
    for (const { specifier = "" } of readModule(path, text).imports) {
      const target = resolveImport(path, specifier);
      const to = target === undefined ? undefined : roomOf(target);
      if (to !== undefined && to !== from) targets.add(to);
    }
  }
  const levels = new Map<string, number>();
  // ROOMS stand from the bottom to the top, so that what is below is known.
  for (const { name } of ROOMS)
    levels.set(
      name,
      Math.max(
        0,
        ...[...(below.get(name) ?? [])].map((to) => (levels.get(to) ?? 0) + 1),
      ),
    );
  return levels;
}
