import { Ajv } from "ajv";
import { epochMs } from "../../../src/kernel/units.ts";
import type { Publication } from "./metric-store.ts";

interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
    }[];
  };
  readonly [property: string]: unknown;
}

const isEmbeddedMetrics = new Ajv({ strict: true, strictRequired: false }).compile<EmbeddedMetrics>({
  type: "object",
  required: ["_aws"],
  properties: {
    _aws: {
      type: "object",
      required: ["Timestamp", "CloudWatchMetrics"],
      properties: {
        Timestamp: { type: "integer", minimum: 0 },
        CloudWatchMetrics: {
          type: "array",
          items: {
            type: "object",
            required: ["Namespace", "Dimensions", "Metrics"],
            properties: {
              Namespace: { type: "string" },
              Dimensions: { type: "array", items: { type: "array", items: { type: "string" } } },
              Metrics: {
                type: "array",
                items: {
                  type: "object",
                  required: ["Name"],
                  properties: { Name: { type: "string" }, Unit: { type: "string" } },
                },
              },
            },
          },
        },
      },
    },
  },
});

/**
 * Reads a line of a function's log in CloudWatch's embedded metric format. Like the real service, it takes what it
 * understands and is silent about the rest: an ordinary log line, a dimension that the line does not carry.
 */
export const readEmbeddedMetrics = (line: string): readonly Publication[] => {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const log = parse(line);
  if (!isEmbeddedMetrics(log)) return [];
  return log._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name, Unit }) =>
      Dimensions.flatMap((names): Publication[] => {
        const samples = [log[Name]].flat().filter((value) => typeof value === "number");
        const dimensions = Object.fromEntries(names.map((name) => [name, log[name]]));
        if (samples.length === 0 || !isText(dimensions)) return [];
        return [
          {
            namespace: Namespace,
            metric: Name,
            dimensions,
            at: epochMs(log._aws.Timestamp),
            samples: samples.map((value) => ({ value, count: 1 })),
            ...(Unit === undefined ? {} : { unit: Unit }),
          },
        ];
      }),
    ),
  );
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

const isText = (dimensions: Readonly<Record<string, unknown>>): dimensions is Record<string, string> =>
  Object.values(dimensions).every((value) => typeof value === "string");
