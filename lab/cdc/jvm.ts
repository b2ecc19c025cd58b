import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ProcessSpec } from "../process/owned-process.ts";

/** What scripts/lib/setup.sh had Maven fetch: `libs` (Kafka and Connect) and `plugins` (Debezium). */
const KAFKA_DIR = join(import.meta.dirname, "../../.build/kafka");

export const PLUGINS_DIR = join(KAFKA_DIR, "plugins");

/**
 * One collector thread and only the quick compiler: on two cores this starts in 4 s instead of 6, with half the memory,
 * and is as fast as the lab needs. Without performance data nothing is left in /tmp.
 */
const FLAGS = [
  "-Xms32m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
  "-Djava.awt.headless=true",
];

/** How to run one of Kafka's main classes. @throws {Error} it has not been fetched. */
export const kafkaProgram = (
  mainClass: string,
  args: readonly string[],
  { maxHeapMiB }: { readonly maxHeapMiB: number },
): Pick<ProcessSpec, "command" | "args"> => {
  if (!existsSync(join(KAFKA_DIR, "libs")))
    throw new Error(`Kafka is not in ${KAFKA_DIR}; any of ./scripts/{demo,lab,test} fetches it`);
  const home = process.env["JAVA_HOME"];
  const logging = `-Dlog4j2.configurationFile=${join(import.meta.dirname, "log4j2.properties")}`;
  return {
    command: home === undefined || home === "" ? "java" : join(home, "bin/java"),
    args: [...FLAGS, `-Xmx${maxHeapMiB}m`, logging, "-cp", join(KAFKA_DIR, "libs/*"), mainClass, ...args],
  };
};

/** The text of a Java properties file. */
export const properties = (entries: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(entries)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
