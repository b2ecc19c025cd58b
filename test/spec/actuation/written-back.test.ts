import { describe, expect, it } from "vitest";
import { forwardOrder, writtenBack } from "../../../src/actuation/written-back.ts";

const oidc = { Type: "authenticate-oidc", Order: 1, AuthenticateOidcConfig: { ClientId: "orders", Scope: "openid" } };

describe("actions that are written back", () => {
  it("keep the secret of a login, which is never shown", () => {
    expect(writtenBack([oidc])).toEqual([
      { ...oidc, AuthenticateOidcConfig: { ...oidc.AuthenticateOidcConfig, UseExistingClientSecret: true } },
    ]);
  });

  it("are as they were read otherwise, each at its own place", () => {
    const cognito = { Type: "authenticate-cognito", Order: 7, AuthenticateCognitoConfig: { UserPoolArn: "pool" } };
    expect(writtenBack([cognito])).toEqual([cognito]);
    expect(writtenBack([])).toEqual([]);
  });

  it("have a place also where none was shown, one behind the other", () => {
    const { Order: _, ...unnumbered } = oidc;
    expect(writtenBack([unnumbered, { ...unnumbered, Order: "3" }]).map(({ Order }) => Order)).toEqual([1, 2]);
  });

  it("come before the forward, whatever their places", () => {
    expect(forwardOrder([])).toBe(1);
    expect(
      forwardOrder(
        writtenBack([
          { ...oidc, Order: 7 },
          { ...oidc, Order: 3 },
        ]),
      ),
    ).toBe(8);
  });
});
