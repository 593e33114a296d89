import type { PathCheck } from "./judge.ts";
import { nameConstraints } from "./name-constraints.ts";
import { stapledResponses } from "./ocsp-check.ts";
import { certificatePolicies } from "./policies.ts";
import { revocationLists } from "./revocation.ts";
import { strictIssuance } from "./strict-rules.ts";

/** What `createVerifier` judges by, in the order in which it is told. */
export const ALL_CHECKS: readonly PathCheck[] = [
  strictIssuance,
  nameConstraints,
  certificatePolicies,
  revocationLists,
  stapledResponses,
];
