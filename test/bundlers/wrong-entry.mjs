// What does not belong in a page.
import { connect } from "puretls/node";

globalThis.client = () => connect({ host: "a.test", port: 443 });
