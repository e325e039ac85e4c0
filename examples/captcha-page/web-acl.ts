import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface CaptchaWebAclProps {
  readonly scope: 'CLOUDFRONT' | 'REGIONAL';
  /** The start of the paths whose POST requests require a solved puzzle. */
  readonly protectedPath: string;
  /** The domains whose tokens are accepted in addition to those of the request's host. */
  readonly tokenDomains: string[];
}

/** A web ACL that allows all requests except a POST without a solved puzzle. */
export class CaptchaWebAcl extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: CaptchaWebAclProps) {
    super(scope, id);
    const acl = new CfnWebACL(this, 'Acl', {
      scope: props.scope,
      defaultAction: { allow: {} },
      tokenDomains: props.tokenDomains.length ? props.tokenDomains : undefined,
      visibilityConfig: visibility('CaptchaPage'),
      rules: [{
        name: 'PuzzleBeforeSending',
        priority: 0,
        statement: {
          andStatement: {
            statements: [
              // All spellings of the path match, also encoded ones.
              byteMatch({ uriPath: {} }, 'STARTS_WITH', props.protectedPath, 'URL_DECODE', 'NORMALIZE_PATH'),
              byteMatch({ method: {} }, 'EXACTLY', 'POST', 'NONE'),
            ],
          },
        },
        action: { captcha: {} },
        // how many seconds a solution counts, at least 60
        captchaConfig: { immunityTimeProperty: { immunityTime: 300 } },
        visibilityConfig: visibility('PuzzleBeforeSending'),
      }],
    });
    this.arn = acl.attrArn;
  }
}

function byteMatch(
  fieldToMatch: CfnWebACL.FieldToMatchProperty,
  positionalConstraint: string,
  searchString: string,
  ...transformations: string[]
): CfnWebACL.StatementProperty {
  const textTransformations = transformations.map((type, priority) => ({ type, priority }));
  return { byteMatchStatement: { fieldToMatch, positionalConstraint, searchString, textTransformations } };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
