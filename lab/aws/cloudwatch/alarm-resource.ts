import { PutMetricAlarmInput$ } from "@aws-sdk/client-cloudwatch";
import { NormalizedSchema } from "@smithy/core/schema";
import type { ResourceProvider } from "../contracts.ts";
import { AwsFault } from "../wire/fault.ts";
import { readJsonInput } from "../wire/json-shapes.ts";
import { InputMismatch } from "../wire/read-input.ts";
import type { AlarmBook } from "./alarm-book.ts";
import type { AlarmInput } from "./alarm-configuration.ts";
import { alarmArn } from "./alarm-events.ts";

const TYPE = "AWS::CloudWatch::Alarm";

/** The template's alarms: their properties are the members of PutMetricAlarm, under the same names. */
export const alarmResources = (book: AlarmBook): ResourceProvider => ({
  types: [TYPE],
  create: async (logicalId, _type, properties) => {
    const AlarmName = properties["AlarmName"] ?? logicalId;
    const alarm = named(logicalId, () => {
      const schema = NormalizedSchema.of(PutMetricAlarmInput$);
      return book.put(readJsonInput(schema, coerced(schema, { ...properties, AlarmName })) as AlarmInput);
    });
    const { name } = alarm.configuration;
    return { ref: name, attributes: { Arn: alarmArn(name) } };
  },
});

/** A template may write numbers and booleans as text. */
const coerced = (schema: NormalizedSchema, value: unknown): unknown => {
  if (Array.isArray(value))
    return schema.isListSchema() ? value.map((item) => coerced(schema.getValueSchema(), item)) : value;
  if (typeof value === "object" && value !== null && schema.isStructSchema()) {
    const members = new Map(schema.structIterator());
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        const memberSchema = members.get(name);
        return [name, memberSchema === undefined ? member : coerced(memberSchema, member)];
      }),
    );
  }
  if (typeof value !== "string" || value === "") return value;
  if (schema.isNumericSchema() && !Number.isNaN(Number(value))) return Number(value);
  return schema.isBooleanSchema() && /^(true|false)$/.test(value) ? value === "true" : value;
};

const named = <Value>(logicalId: string, create: () => Value): Value => {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof AwsFault) && !(error instanceof InputMismatch)) throw error;
    throw new Error(`${TYPE} ${logicalId}: ${error.message}`, { cause: error });
  }
};
