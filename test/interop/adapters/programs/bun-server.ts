/** Sends back what it gets, in Bun. */
import { listen } from "../../../../src/adapters/bun/index.ts";
import { echo } from "./echo.ts";

await echo((options) => listen({ ...options, port: 0 }));
