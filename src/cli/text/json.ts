/** `--json`: JSON that a terminal shows and does not act on. */

/** Controls of C1 and marks that turn or hide text: JSON.stringify leaves them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value in lines, with an end of line. */
export function jsonText(value: object): string {
  const lines = JSON.stringify(value, undefined, 2).split("\n");
  return `${lines.map(escaped).join("\n")}\n`;
}

/** A value in one line, with its end. */
export function jsonLine(value: object): string {
  return `${escaped(JSON.stringify(value))}\n`;
}

/** Such characters stand in strings alone, where an escape means the same. */
function escaped(text: string): string {
  return text.replaceAll(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}
