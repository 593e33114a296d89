/** Acts out the peer's part of a row. */
import { type Peer, plainAlert } from "./peer.ts";
import type { Row } from "./table.ts";

/** Once there are keys. */
export async function act(row: Row, peer: Peer): Promise<void> {
  switch (row) {
    case "close_notify, then FIN":
      await peer.sayClose();
      return peer.fin();
    case "close_notify alone":
      return peer.sayClose();
    case "FIN alone":
      return peer.fin();
    case "RST":
      peer.reset();
      return;
    case "a fatal alert":
      await peer.sayAlert();
      return peer.fin();
    case "silence":
      return;
  }
}

/** Acts before the peer has sent anything else. */
export async function actEarly(row: Row, peer: Peer): Promise<void> {
  switch (row) {
    case "close_notify, then FIN":
      await peer.write(plainAlert(1, 0));
      return peer.fin();
    case "close_notify alone":
      return peer.write(plainAlert(1, 0));
    case "a fatal alert":
      return peer.write(plainAlert(2, 40));
    default:
      return act(row, peer);
  }
}
