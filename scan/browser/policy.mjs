// What Google's csp_evaluator says of a Content-Security-Policy, as JSON. policy.mjs POLICY

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { CspEvaluator } = require("csp_evaluator");
const { CspParser } = require("csp_evaluator/dist/parser.js");
const { Severity } = require("csp_evaluator/dist/finding.js");

const findings = new CspEvaluator(new CspParser(process.argv[2]).csp).evaluate();
const isSerious = ({ severity }) => severity <= Severity.MEDIUM;
console.log(
  JSON.stringify(
    findings.map((finding) => ({
      severity: Severity[finding.severity],
      serious: isSerious(finding),
      directive: finding.directive,
      value: finding.value ?? "",
      says: finding.description,
    })),
  ),
);
