/** A fault in a PKCS#12 file, or a wrong password. */

/** `unsupported`: well formed, but of a kind that is not read here. */
export type Pkcs12Reason =
  "malformed" | "wrong_password" | "unsupported" | "too_expensive";

const SAYS: Readonly<Record<Pkcs12Reason, string>> = {
  malformed: "not a PKCS#12 file",
  wrong_password: "the password of the PKCS#12 file is wrong",
  unsupported: "the PKCS#12 file uses what is not supported",
  too_expensive: "the PKCS#12 file asks for too much work",
};

/** A PKCS#12 file was refused. See {@link parsePkcs12} for an example. */
export class Pkcs12Error extends Error {
  override readonly name = "Pkcs12Error";
  readonly reason: Pkcs12Reason;

  /** @param detail what exactly, in words; nothing from the file itself */
  constructor(reason: Pkcs12Reason, detail: string) {
    super(`${SAYS[reason]} (${detail})`);
    this.reason = reason;
  }
}
