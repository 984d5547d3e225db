// What MDN's HTTP Observatory says of one page of a site on this machine, as JSON.
// observatory.mjs PLAIN-PORT TLS-PORT PATH [COOKIES]

import { retrieve } from "@mdn/mdn-http-observatory/src/retriever/retriever.js";
import { ALL_TESTS } from "@mdn/mdn-http-observatory/src/constants.js";
import { getScoreModifier } from "@mdn/mdn-http-observatory/src/grader/grader.js";

const HIGH_ENOUGH_FOR_BONUS = 90;

const [httpPort, httpsPort, path, cookies] = process.argv.slice(2);
const headers = ["Accept: text/html,application/xhtml+xml,*/*;q=0.8", ...(cookies ? [`Cookie: ${cookies}`] : [])];
const seen = await retrieve("localhost", { httpPort: Number(httpPort), httpsPort: Number(httpsPort), path, headers });
if (!seen.responses.auto) {
  throw new Error("the site did not answer");
}
const tests = ALL_TESTS.map((test) => {
  const { result, pass } = test(seen);
  return { test: test.name, result, pass, points: getScoreModifier(result) };
});
const sum = (points) => points.reduce((total, each) => total + each, 100);
const withoutBonus = sum(tests.map(({ points }) => Math.min(points, 0)));
const score = withoutBonus >= HIGH_ENOUGH_FOR_BONUS ? sum(tests.map(({ points }) => points)) : withoutBonus;
console.log(JSON.stringify({ status: seen.responses.auto.status, score, tests }));
