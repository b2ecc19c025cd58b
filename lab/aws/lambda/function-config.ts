import { closed, propertiesReader, TAGS, TEXT } from "../resource-properties.ts";

interface FunctionProperties {
  readonly FunctionName: string;
  readonly Handler: string;
  readonly Role: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly Code: { readonly S3Bucket: string; readonly S3Key: string };
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  readonly ReservedConcurrentExecutions?: number;
  readonly DeadLetterConfig?: { readonly TargetArn: string };
  readonly VpcConfig?: object;
}

/** One function as its template describes it. */
export interface FunctionConfig {
  readonly name: string;
  /** `functions/promote.handler`: file without its ending, and export. */
  readonly handler: string;
  readonly roleArn: string;
  /** Real seconds after which a running invocation is killed. */
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
  /** Key of the deployment zip in the deployment bucket. */
  readonly codeKey: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency: number | null;
  readonly deadLetterArn: string | null;
  /** It joins a network, for which its role needs rights. */
  readonly inVpc: boolean;
}

export const FUNCTION_TYPE = "AWS::Lambda::Function";

/** Names that AWS keeps for itself; a template that sets one of them fails to deploy. */
const RESERVED_VARIABLE =
  "^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|LAMBDA_.*|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$";

const readFunction = propertiesReader<FunctionProperties>(
  FUNCTION_TYPE,
  closed(
    {
      FunctionName: { type: "string", pattern: "^[\\w-]{1,64}$" },
      Description: { type: "string" },
      Handler: { type: "string", pattern: "^[^.]+\\.\\w+$" },
      Runtime: { enum: ["nodejs24.x"] },
      Role: { type: "string", pattern: "^arn:aws:iam::\\d{12}:role/" },
      Timeout: { type: "integer", minimum: 1, maximum: 900 },
      MemorySize: { type: "integer", minimum: 128, maximum: 10_240 },
      Architectures: { type: "array", maxItems: 1, items: { enum: ["arm64", "x86_64"] } },
      Code: closed({ S3Bucket: TEXT, S3Key: TEXT }, ["S3Bucket", "S3Key"]),
      Environment: closed({
        Variables: {
          type: "object",
          propertyNames: { pattern: "^[A-Za-z]\\w+$", not: { pattern: RESERVED_VARIABLE } },
          additionalProperties: { type: "string" },
        },
      }),
      ReservedConcurrentExecutions: { type: "integer", minimum: 0, maximum: 900 },
      DeadLetterConfig: closed({ TargetArn: { type: "string", pattern: "^arn:aws:sqs:" } }, ["TargetArn"]),
      // Where the function runs does not matter on loopback; that its role may join a network does.
      VpcConfig: closed(
        { SecurityGroupIds: { type: "array", items: TEXT }, SubnetIds: { type: "array", minItems: 1, items: TEXT } },
        ["SecurityGroupIds", "SubnetIds"],
      ),
      Tags: TAGS,
    },
    ["FunctionName", "Handler", "Runtime", "Role", "Code"],
  ),
);

/** @throws naming a property that the lab does not know or AWS would refuse. */
export const functionConfig = (logicalId: string, raw: Readonly<Record<string, unknown>>): FunctionConfig => {
  const properties = readFunction(logicalId, raw);
  return {
    name: properties.FunctionName,
    handler: properties.Handler,
    roleArn: properties.Role,
    timeoutSeconds: properties.Timeout ?? 3,
    memoryMiB: properties.MemorySize ?? 128,
    codeKey: properties.Code.S3Key,
    environment: properties.Environment?.Variables ?? {},
    reservedConcurrency: properties.ReservedConcurrentExecutions ?? null,
    deadLetterArn: properties.DeadLetterConfig?.TargetArn ?? null,
    inVpc: properties.VpcConfig !== undefined,
  };
};
