import { LAB_ACCOUNT_ID } from "../contracts.ts";
import { matchesArn } from "../iam/patterns.ts";
import { SAYS_NO_ACCOUNT } from "../iam/silent-callers.ts";
import { closed, propertiesReader, TEXT } from "../resource-properties.ts";

export const PERMISSION_TYPE = "AWS::Lambda::Permission";

export interface Permission {
  readonly FunctionName: string;
  readonly Action: "lambda:InvokeFunction";
  readonly Principal: string;
  readonly SourceArn?: string;
  readonly SourceAccount?: string;
}

/** A service of AWS that wants to start a function on somebody's behalf: an alarm, a rule. */
export interface ServiceCaller {
  readonly principal: string;
  readonly sourceArn: string;
}

export const readPermission = propertiesReader<Permission>(
  PERMISSION_TYPE,
  closed(
    {
      FunctionName: TEXT,
      Action: { enum: ["lambda:InvokeFunction"] },
      Principal: { type: "string", pattern: "^[\\w.-]+\\.amazonaws\\.com$" },
      SourceArn: { type: "string", pattern: "^arn:aws:" },
      SourceAccount: { type: "string", pattern: "^\\d{12}$" },
    },
    ["FunctionName", "Action", "Principal"],
  ),
);

/** Does one of the function's permissions name this service, and this source by ArnLike where it names one? */
export const permits = (permissions: readonly Permission[], caller: ServiceCaller): boolean =>
  permissions.some(
    ({ Principal, SourceArn, SourceAccount }) =>
      Principal === caller.principal &&
      (SourceArn === undefined || matchesArn(SourceArn, caller.sourceArn)) &&
      (SourceAccount === undefined || (SourceAccount === LAB_ACCOUNT_ID && Principal !== SAYS_NO_ACCOUNT)),
  );
