import type { IConstruct } from 'constructs';
import { isLookupDummy, MASK, maskUnresolved, showTokens } from './unresolved';
import { validate } from './validate';

/** Validates the ARN of an imported function, as far as it is known. */
export function validateFunctionArn(construct: IConstruct, functionArn: string): void {
  validate(construct, functionArn, (arn) => {
    const [masked, unmask] = maskUnresolved(construct, arn ?? '');
    if (isLookupDummy(masked) || isFunctionArn(masked)) return;
    throw new Error(`${construct.node.path}: functionArn: must be the ARN of a Lambda function, got `
      + `'${showTokens(unmask(masked))}'; the functionArn of a WafCaptchaApiKeyProvider is one`);
  });
}

const EXAMPLE = 'arn:aws:lambda:us-east-1:123456789012:function:name'.split(':');

function isFunctionArn(masked: string): boolean {
  const parts = masked.split(':');
  const filled = parts.map((part, index) =>
    part.replace(/^[\uE000-\uF8FF]$/, EXAMPLE[index] ?? 'name').replace(/[\uE000-\uF8FF]/g, '0'));
  // In an ARN with fewer parts, a token stands for several ones, so the places of the parts after it are unknown.
  const unknown = parts.length < EXAMPLE.length ? parts.findIndex((part) => MASK.test(part)) : -1;
  const arn = unknown < 0 ? filled : [...filled.slice(0, unknown), ...EXAMPLE.slice(unknown)];
  return filled.every((part) => /^[\w$-]*$/.test(part))
    && /^arn:[\w-]+:lambda:[\w-]+:\d+:function:[\w:$-]+$/.test(arn.join(':'));
}
