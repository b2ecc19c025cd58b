import { readRunningLab } from "./lab-file.ts";
import { watchMemory } from "./process/memory.ts";
import { familyOf } from "./process/process-table.ts";

/** What a person wants to know of the lab that this file names: a line each. */
export const describeLab = (file: string): readonly string[] => {
  const lab = readRunningLab(file);
  if (lab === undefined) return [`No lab runs here (${file}).`];
  const minutes = ((Date.now() - lab.startRealMs) / 60_000).toFixed(1);
  const { peakMiB, measure } = watchMemory(lab.pid)();
  return [
    `A lab runs (pid ${lab.pid}) for ${minutes} minutes, its clock ${lab.speed} times as fast as yours.`,
    `  processes      ${familyOf(new Set([lab.pid])).length}, ${peakMiB} MiB (${measure})`,
    `  shop           ${lab.albUrl}`,
    `  AWS            ${lab.gatewayUrl}   account ${lab.accountId}, ${lab.region}`,
    `  blue           ${withoutPassword(lab.blueAdminUrl)}   PostgreSQL 16`,
    `  green          ${withoutPassword(lab.greenAdminUrl)}   PostgreSQL 18`,
    `  Kafka          ${lab.kafkaBrokers}`,
    `  Kafka Connect  ${lab.connectUrl}`,
    `  passwords      ${file}`,
  ];
};

const withoutPassword = (url: string): string => url.replace(/:[^:@/]*@/, "@");
