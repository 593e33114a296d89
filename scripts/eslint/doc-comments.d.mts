/** See doc-comments.mjs. */
export function isHeadless(comment: string): boolean;
export const docComments: object;
