import type { IConstruct } from 'constructs';
import { MASK, matches, show, validate } from './validate';

/** Validates the ARN of an imported function, as far as it is known. */
export function validateFunctionArn(construct: IConstruct, functionArn: string): void {
  validate(construct, 'functionArn', functionArn, (arn) => isFunctionArn(arn) ? undefined
    : `must be the ARN of a Lambda function, got ${show(arn)}; the functionArn of a WafCaptchaApiKeyProvider is one`);
}

function isFunctionArn(arn: string): boolean {
  // In an ARN with fewer parts, a token stands for several ones, so the places of the other parts are unknown.
  if (MASK.test(arn) && arn.split(':').length < 7) return /^[\w:$\uE000-\uF8FF-]+$/.test(arn);
  const pattern = '^(arn|[M]):[\\wM-]+:(lambda|[M]):[\\wM-]+:[\\dM]+:(function|[M]):[\\wM:$-]+$';
  return matches(new RegExp(pattern.replace(/M/g, '\uE000-\uF8FF')), arn);
}
