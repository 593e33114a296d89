import type { PathCheck } from "../path/validate-path.ts";
import { constrainedNames } from "./name-constraints.ts";
import { stapledResponses } from "./ocsp-check.ts";
import { certificatePolicies } from "./policies.ts";
import { revocationLists } from "./crl-check.ts";
import { issuanceLints } from "./issuance-lints.ts";
import { strictProfile } from "./strict-rules.ts";

/** The checks of `createVerifier`, in the order in which they run. */
export const ALL_CHECKS: readonly PathCheck[] = [
  strictProfile,
  issuanceLints,
  constrainedNames,
  certificatePolicies,
  revocationLists,
  stapledResponses,
];
