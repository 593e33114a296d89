/**
 * `puretls/register`: lets a whole program run on puretls: `node --import
 * puretls/register app.js`.
 *
 * @module
 */
import { replaceNodeTls } from "./replace.ts";

replaceNodeTls();
