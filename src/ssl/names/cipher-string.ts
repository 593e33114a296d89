/** OpenSSL's language for lists of cipher suites, ciphers(1). */
import { found } from "../../options.ts";
import { printable } from "../../bytes.ts";
import type { CipherAttributes } from "./cipher-table.ts";
import { cipherTable } from "./cipher-table.ts";
import { wordOf } from "./cipher-words.ts";
import { SSLError } from "../errors/errors.ts";
import type { Nested } from "./preference-lists.ts";

/** The selection of a cipher string. */
export interface CipherSelection {
  /** Best first; those of an inner list are equal. */
  readonly ciphers: Nested<CipherAttributes>;
  /** Of `@SECLEVEL=`; undefined without one. */
  readonly securityLevel: number | undefined;
}

/**
 * Reads a cipher string: words that add, `-` to take out, `!` to take out for
 * good, `+` to move to the end, `A+B` for what is both, `@STRENGTH` and
 * `@SECLEVEL=n`; and as in BoringSSL's `[A|B]` for what is equal, after which
 * words may only add.
 *
 * @param strict refuses words that mean nothing, which are passed over otherwise
 * @throws SSLError INVALID_COMMAND for what cannot be read, NO_CIPHER_MATCH
 *   when nothing is selected
 */
export function readCipherString(
  list: string,
  strict = false,
): CipherSelection {
  if (/^\s*PROFILE=/.test(list))
    throw noCipher(`${found(list)}: system profiles are not supported`);
  const selecting = new Selecting(strict);
  const suiteB = SUITE_B.find(([prefix]) => list.startsWith(prefix));
  if (suiteB !== undefined) selecting.read(suiteB[1]);
  else if (list.startsWith("DEFAULT")) {
    selecting.read(DEFAULT);
    selecting.read(list.slice("DEFAULT".length));
  } else selecting.read(list);
  const ciphers = selecting.selected;
  if (ciphers.length === 0)
    throw noCipher(`nothing fits ${found(list, LONGEST)}`);
  return { ciphers, securityLevel: selecting.securityLevel };
}

/** Characters of a cipher string that an error repeats. */
const LONGEST = 200;

/** Makes Python's error for a list that leaves nothing. */
export function noCipher(detail: string): SSLError {
  return new SSLError(`No cipher can be selected: ${detail}`, {
    library: "SSL",
    reason: "NO_CIPHER_MATCH",
    code: "ERR_SSL_NO_CIPHER_MATCH",
  });
}

const DEFAULT = "ALL:!COMPLEMENTOFDEFAULT:!eNULL";

/** RFC 6460, by its beginning; the longer ones come first. */
const SUITE_B = [
  ["SUITEB128ONLY", "ECDHE-ECDSA-AES128-GCM-SHA256"],
  ["SUITEB128C2", "ECDHE-ECDSA-AES256-GCM-SHA384"],
  ["SUITEB128", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"],
  ["SUITEB192", "ECDHE-ECDSA-AES256-GCM-SHA384"],
] as const;

const SEPARATORS = /^[:;, ]+/;
const WORD = /^[A-Za-z0-9._=-]+/;
const SECURITY_LEVEL = /^SECLEVEL=([0-5])$/;

type Operator = "!" | "-" | "+" | "@" | "";

interface Entry {
  readonly cipher: CipherAttributes;
  active: boolean;
  /** The number of the brackets that it was added in. */
  list: number | undefined;
}

/**
 * The list while a string is read. What is not active keeps its place: what was
 * taken out last comes back first.
 */
class Selecting {
  readonly #strict: boolean;
  #entries: Entry[];
  /** Brackets so far, the open ones too. */
  #lists = 0;
  #inBrackets = false;
  securityLevel: number | undefined;

  constructor(strict: boolean) {
    this.#strict = strict;
    this.#entries = cipherTable().map((cipher) => ({
      cipher,
      active: false,
      list: undefined,
    }));
  }

  get selected(): Nested<CipherAttributes> {
    const selected: (CipherAttributes | CipherAttributes[])[] = [];
    const lists = new Map<number, CipherAttributes[]>();
    for (const { cipher, active, list } of this.#entries) {
      if (!active) continue;
      const inner = list === undefined ? undefined : lists.get(list);
      if (inner !== undefined) inner.push(cipher);
      else if (list === undefined) selected.push(cipher);
      else {
        const begun = [cipher];
        lists.set(list, begun);
        selected.push(begun);
      }
    }
    return selected;
  }

  read(list: string): void {
    let rest = list;
    for (;;) {
      rest = rest.replace(SEPARATORS, "");
      if (rest === "") break;
      if (this.#takesBracket(rest)) {
        rest = rest.slice(1);
        continue;
      }
      const operator = operatorOf(rest);
      if (this.#lists > 0 && operator !== "" && !rest.startsWith("@SECLEVEL"))
        throw invalidCommand(rest, "behind [A|B] words may only add");
      rest = rest.slice(operator.length);
      rest =
        operator === "@" ? this.#command(rest) : this.#rule(operator, rest);
    }
    if (this.#inBrackets) throw invalidCommand(list, "] is missing");
  }

  /** Tells whether a bracket, or a bar within brackets, comes next. */
  #takesBracket(rest: string): boolean {
    const [next] = rest;
    if (next === "[" && !this.#inBrackets) {
      this.#lists++;
      this.#inBrackets = true;
    } else if (next === "]" && this.#inBrackets) this.#inBrackets = false;
    else if (next !== "|" || !this.#inBrackets) return false;
    return true;
  }

  /** Runs what stands behind an `@`; answers what follows it. */
  #command(rest: string): string {
    const word = WORD.exec(rest)?.[0] ?? "";
    const level = SECURITY_LEVEL.exec(word)?.[1];
    if (word === "STRENGTH") this.#sortByStrength();
    else if (level !== undefined) this.securityLevel = Number(level);
    else throw invalidCommand(`@${word}`);
    return rest.replace(/^[^:;, ]*/, "");
  }

  /** Applies words with `+` between them; answers what follows them. */
  #rule(operator: Operator, from: string): string {
    let rest = from;
    let fits = (_cipher: CipherAttributes): boolean => true;
    for (;;) {
      const word = WORD.exec(rest)?.[0];
      if (word === undefined) throw invalidCommand(from);
      rest = rest.slice(word.length);
      const known = wordOf(word);
      if (known === undefined) {
        if (this.#strict)
          throw noCipher(
            `${found(word)} is no word of ciphers(1) and no suite`,
          );
        return rest.replace(/^[^:;, |\]]*/, "");
      }
      const before = fits;
      fits = (cipher) => before(cipher) && known(cipher);
      if (!rest.startsWith("+")) break;
      rest = rest.slice(1);
    }
    this.#apply(operator, fits);
    return rest;
  }

  #apply(
    operator: Operator,
    fits: (cipher: CipherAttributes) => boolean,
  ): void {
    if (operator === "!") {
      this.#entries = this.#entries.filter(({ cipher }) => !fits(cipher));
      return;
    }
    const wanted = operator !== "";
    const isMoved = ({ cipher, active }: Entry): boolean =>
      active === wanted && fits(cipher);
    const moved = this.#entries.filter(isMoved);
    const others = this.#entries.filter((entry) => !isMoved(entry));
    for (const entry of moved) {
      entry.active = operator !== "-";
      entry.list = this.#inBrackets ? this.#lists : undefined;
    }
    this.#entries =
      operator === "-" ? [...moved, ...others] : [...others, ...moved];
  }

  #sortByStrength(): void {
    const active = this.#entries.filter((entry) => entry.active);
    const others = this.#entries.filter((entry) => !entry.active);
    active.sort((a, b) => b.cipher.bits - a.cipher.bits);
    this.#entries = [...others, ...active];
  }
}

function operatorOf(text: string): Operator {
  const [first] = text;
  return first === "!" || first === "-" || first === "+" || first === "@"
    ? first
    : "";
}

function invalidCommand(text: string, fault = ""): SSLError {
  return new SSLError(
    `No cipher can be selected: ${printable(text, 40)} cannot be read${fault && `: ${fault}`}`,
    { library: "SSL", reason: "INVALID_COMMAND" },
  );
}
