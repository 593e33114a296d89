import https from "node:https";
import { answer } from "./answers.mjs";

export const serve = (options) => https.createServer(options, answer);
