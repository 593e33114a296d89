/** See commit-rule.mjs. */
export function problemsOf(subject: string, body: string): string[];
