import {
  IncompleteSignatureException, InvalidSignatureException, MissingAuthenticationTokenException,
} from '../errors';
import { Caller, DEFAULT_ACCOUNT } from '../services/api-keys';

const PARAMETERS = ['Credential', 'Signature', 'SignedHeaders'] as const;

/** Who asks for which region, by the SigV4 credential scope. The signature itself is not verified. */
export function authorize(header: string | undefined): Caller {
  if (!header) throw new MissingAuthenticationTokenException();
  const [algorithm, ...rest] = header.split(' ');
  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw new IncompleteSignatureException(`Unsupported AWS 'algorithm': '${algorithm}'.`);
  }
  const parameters = new Map(
    rest.join('').split(',').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );
  const missing = PARAMETERS.filter((name) => !parameters.get(name));
  if (missing.length > 0) {
    throw new IncompleteSignatureException(
      missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '),
    );
  }
  return callerOf(parameters.get('Credential') ?? '');
}

function callerOf(credential: string): Caller {
  const [accessKeyId, date, region, service, terminator, ...more] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || !terminator || more.length > 0) {
    throw new IncompleteSignatureException(
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '
        + `'${credential}'`,
    );
  }
  if (!/^\d{8}$/.test(date) || terminator !== 'aws4_request') {
    throw new InvalidSignatureException(
      'Credential should be scoped with a valid date and terminator: \'aws4_request\'.',
    );
  }
  if (service !== 'wafv2') {
    throw new InvalidSignatureException('Credential should be scoped to correct service: \'wafv2\'.');
  }
  return { account: /^\d{12}$/.test(accessKeyId) ? accessKeyId : DEFAULT_ACCOUNT, region };
}
