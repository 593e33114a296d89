export function snippetsOf(page: string): Map<string, string>;
