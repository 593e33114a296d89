/**
 * Reads and dates the first release of CHANGELOG.md, whose heading is
 * `## 1.2.3 (unreleased)` until `npm run release` puts the day there.
 */
const HEADING = /^## (\S+) \((\S+)\)$/m;
const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/**
 * The version that is next, with the lines that a user reads about it.
 *
 * @throws Error when the first release has no version, has its date already or
 *   says nothing
 */
export function nextRelease(changelog) {
  const heading = HEADING.exec(changelog);
  if (heading === null)
    throw new Error("CHANGELOG.md has no heading like ## 1.2.3 (unreleased)");
  const [line, version, state] = heading;
  if (!VERSION.test(version))
    throw new Error(
      `CHANGELOG.md: "${version}" is not a version like 1.2.3 or 1.2.3-rc.1`,
    );
  if (state !== "unreleased")
    throw new Error(
      `CHANGELOG.md: ${version} was released on ${state}; begin the next release with ## 1.2.3 (unreleased)`,
    );
  const after = changelog.slice(heading.index + line.length);
  const notes = (after.split(/^## /m)[0] ?? "").trim();
  if (!notes.startsWith("-") && !/^- /m.test(notes))
    throw new Error(`CHANGELOG.md: ${version} lists no change`);
  return { version, notes };
}

/** The same file with the day, `2026-01-31`, in the first heading. */
export function dated(changelog, day) {
  const { version } = nextRelease(changelog);
  return changelog.replace(HEADING, () => `## ${version} (${day})`);
}
