import { describe, expect, it } from "vitest";
import { alarmName } from "../../../src/signals/made-alarms.ts";

describe("an alarm's name out of its ARN", () => {
  it.each([
    ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:checkout-broken", "checkout-broken"],
    ["arn:aws-cn:cloudwatch:cn-north-1:000000000000:alarm:checkout broken / 5xx > 1 %", "checkout broken / 5xx > 1 %"],
    ["arn:aws-us-gov:cloudwatch:us-gov-west-1:000000000000:alarm:shop:alarm:Käufe", "shop:alarm:Käufe"],
    ["simulated:alarm/0", "simulated:alarm/0"],
  ])("%s is %j", (arn, name) => {
    expect(alarmName(arn)).toBe(name);
  });
});
