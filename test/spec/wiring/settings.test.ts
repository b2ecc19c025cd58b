import { expect, test } from "vitest";
import { systemNow } from "../../../src/adapters/clock/system-clock.ts";
import { promotePorts } from "../../../src/wiring.ts";
import { requestingPorts } from "../../../src/wiring-cli.ts";
import { rollbackPorts } from "../../../src/wiring-rollback.ts";
import { readSettings } from "../../../src/wiring-settings.ts";

test("settings are all named that are missing, at once and before anything is built", () => {
  expect(() => promotePorts({ PAWL_TABLE: "pawl" })).toThrow(/PAWL_TOPIC_ARN, PAWL_ROLLBACK_FUNCTION/);
  expect(() => requestingPorts({}, systemNow)).toThrow(/: PAWL_TABLE, PAWL_TOPIC_ARN\./);
});

test("an empty setting is a missing one", () => {
  expect(() => readSettings({ PAWL_TABLE: "" }, "PAWL_TABLE")).toThrow("These settings are missing: PAWL_TABLE.");
});

test.each([
  ["PAWL_TOPIC_ARN", "arn:aws:sqs:us-east-1:000000000000:pawl"],
  ["PAWL_KAFKA_BROKERS", "broker-1, broker-2:9092"],
  ["PAWL_CONNECT_URL", "connect:8083"],
  ["PAWL_BLUE_URL", "mysql://pawl:hunter2@blue/appdb"],
] as const)("%s is refused when it is %j, without repeating what may hold a password", (name, value) => {
  const reading = () => readSettings({ [name]: value }, name);
  expect(reading).toThrow(`The setting ${name} is not `);
  expect(reading).not.toThrow(value);
});

test("a function's ports are what its role may use: rollback cannot start workers, and reads no metrics", () => {
  const ports = rollbackPorts({ PAWL_TABLE: "pawl", PAWL_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:pawl" })();
  expect(ports).not.toHaveProperty("invoke");
  expect(ports).not.toHaveProperty("metrics");
  expect(ports).not.toHaveProperty("active");
});

test("rollback makes its clients once, and only when it is called", () => {
  const ports = rollbackPorts({ PAWL_TABLE: "pawl", PAWL_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:pawl" });
  expect(ports()).toBe(ports());
});
