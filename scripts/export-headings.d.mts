/** See export-headings.mjs. */
export function headingsOf(source: string): Map<string, string>;
