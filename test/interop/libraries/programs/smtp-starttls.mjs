import { serve as serveSmtp } from "./smtp.mjs";

export const serve = (options) => serveSmtp(options, false);
