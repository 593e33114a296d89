/** Sessions of clients by the server that they are for, the newest of so many. */
export class KeptSessions {
  static readonly #MOST = 100;
  readonly #sessions = new Map<string, Buffer>();

  get(server: string): Buffer | undefined {
    return this.#sessions.get(server);
  }

  /** Keeps the newest session of a server; the server that was oldest makes room. */
  keep(server: string, session: Buffer): void {
    this.#sessions.delete(server);
    this.#sessions.set(server, session);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= KeptSessions.#MOST) return;
      this.#sessions.delete(oldest);
    }
  }

  /** Drops the session of a server that did not take it. */
  drop(server: string): void {
    this.#sessions.delete(server);
  }
}
