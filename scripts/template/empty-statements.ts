interface Statement {
  readonly Resource?: unknown;
}
interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}
export interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties?: { readonly Policies?: readonly Policy[]; readonly [name: string]: unknown };
      }
    >
  >;
}

const aboutNothing = ({ Resource }: Statement): boolean => Array.isArray(Resource) && Resource.length === 0;

const pruned = (policy: Policy): Policy => ({
  ...policy,
  PolicyDocument: {
    ...policy.PolicyDocument,
    Statement: policy.PolicyDocument.Statement.filter((statement) => !aboutNothing(statement)),
  },
});

/**
 * The template without role statements about no resource, which IAM refuses. They come of lists made from the bindings:
 * no pins where every route is plain, no listeners where none is.
 */
export const withoutEmptyStatements = (template: Template): Template => ({
  ...template,
  Resources: Object.fromEntries(
    Object.entries(template.Resources).map(([id, resource]) => {
      const { Properties } = resource;
      if (resource.Type !== "AWS::IAM::Role" || Properties?.Policies === undefined) return [id, resource];
      return [id, { ...resource, Properties: { ...Properties, Policies: Properties.Policies.map(pruned) } }];
    }),
  ),
});
