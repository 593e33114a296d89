/**
 * An ESLint rule for the English of doc comments: one begins with a verb
 * ("Returns …") or with a subject ("The error that …"), never with a clause that
 * has neither ("What ended the connection").
 */
const HEADLESS =
  /^(?:What|Whatever|Who|Whom|Whoever|Whose|Where|Whether|How|Which|Why)\b/;

/** Tells whether a doc comment, without its slashes, has no head. */
export function isHeadless(comment) {
  return HEADLESS.test(comment.replace(/^\*[\s*]*/, ""));
}

export const docComments = {
  rules: {
    "no-headless": {
      meta: {
        type: "suggestion",
        schema: [],
        messages: {
          headless:
            'A doc comment begins with a verb ("Returns …") or a subject ("The error that …"), not with "{{word}}".',
        },
      },
      create: (context) => ({
        Program() {
          for (const comment of context.sourceCode.getAllComments()) {
            if (comment.type !== "Block" || !comment.value.startsWith("*"))
              continue;
            if (!isHeadless(comment.value)) continue;
            const [word] = /[A-Z]\w+/.exec(comment.value) ?? [""];
            context.report({
              loc: comment.loc,
              messageId: "headless",
              data: { word },
            });
          }
        },
      }),
    },
  },
};
