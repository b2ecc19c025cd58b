import type { Verdicts } from "../receipts/check.ts";
import { VERDICTS } from "../receipts/verdicts.ts";

/** The verdicts as a newcomer reads them: what was put to the test, what was found. */
export const verdictLines = (verdicts: Verdicts): readonly string[] => {
  const { traffic, rows } = verdicts;
  const rowsText = Object.entries(rows).map(([side, count]) => `${side} ${count}`);
  return [
    `receipts: ${traffic.ackedWrites} acknowledged writes, ${traffic.ackedOnGreen} of them on green; ${traffic.writesAcrossSides} to rows born on the other side; ${traffic.usersWhoChangedSide} users changed side; ${traffic.unknown} requests with unknown end`,
    `rows compared: ${rowsText.join(", ")}`,
    `verdicts: ${VERDICTS.map((name) => `${name} ${verdicts[name]}`).join(", ")}; stale reads ${verdicts.staleReads}`,
    ...verdicts.findings.slice(0, 10).map((finding) => `  ${finding.verdict}: ${JSON.stringify(finding)}`),
  ];
};
