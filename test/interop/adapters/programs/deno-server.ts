/** Sends back what it gets, in Deno. */
import { listen } from "../../../../src/adapters/deno/index.ts";
import { echo } from "./echo.ts";

await echo((options) => listen({ ...options, port: 0 }));
