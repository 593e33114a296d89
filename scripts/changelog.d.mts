/** See changelog.mjs. */
export function nextRelease(changelog: string): {
  readonly version: string;
  readonly notes: string;
};
export function dated(changelog: string, day: string): string;
