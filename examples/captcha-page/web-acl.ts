import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface CaptchaWebAclProps {
  readonly scope: 'CLOUDFRONT' | 'REGIONAL';
  /** Who sends something to a path that starts so has to have solved a puzzle. */
  readonly protectedPath: string;
  /** The domains that share tokens beyond the host of the request, which AWS WAF accepts by itself. */
  readonly tokenDomains: string[];
}

/** A web ACL that lets everything through but what is sent without a solved puzzle. */
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
              byteMatch({ uriPath: {} }, 'STARTS_WITH', props.protectedPath, 'URL_DECODE', 'NORMALIZE_PATH'), // whatever way the path is written
              byteMatch({ method: {} }, 'EXACTLY', 'POST', 'NONE'),
            ],
          },
        },
        action: { captcha: {} },
        captchaConfig: { immunityTimeProperty: { immunityTime: 300 } }, // seconds for which one solution counts: 60 or more
        visibilityConfig: visibility('PuzzleBeforeSending'),
      }],
    });
    this.arn = acl.attrArn;
  }
}

function byteMatch(
  fieldToMatch: CfnWebACL.FieldToMatchProperty, positionalConstraint: string, searchString: string, ...transformations: string[]
): CfnWebACL.StatementProperty {
  const textTransformations = transformations.map((type, priority) => ({ type, priority }));
  return { byteMatchStatement: { fieldToMatch, positionalConstraint, searchString, textTransformations } };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
