import { Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Host, parseHost } from './host';
import { textIdentity, tokenStructure } from './token-structure';
import { isLookupDummy, isUnresolved, MASK, maskUnresolved, showTokens } from './unresolved';
import { validate } from './validate';
import { normalizeTokenDomain } from '../contract/normal-form';
import { MAX_TOKEN_DOMAIN_LENGTH, MAX_TOKEN_DOMAINS } from '../contract/resource';

/**
 * Validates the token domains and normalizes them. Of tokens, it validates the text around; the handler does the rest.
 *
 * @throws for what AWS WAF would reject or no browser could match: what is wrong, what was given, what to write
 */
export function validateTokenDomains(scope: IConstruct, given: string[]): string[] {
  return validate(scope, given, (domains) => normalize(scope, domains));
}

function normalize(scope: IConstruct, given: string[]): string[] {
  const reject = (problem: string) => new Error(`${scope.node.path}: tokenDomains: ${problem}`);
  if (!Array.isArray(given) || given.some((domain) => typeof domain !== 'string')) {
    throw reject(`must be a list of strings, got ${JSON.stringify(given) ?? 'nothing'}`);
  }
  if (splitsDynamicReference(scope, given)) {
    throw reject('must not split a dynamic reference ({{resolve:…}}): CloudFormation splits before it resolves, '
      + 'which gives one string with all domains; use StringListParameter.valueForTypedListParameter, '
      + 'or Fn.split on StringParameter.valueForStringParameter');
  }
  if (Token.isUnresolved(given)) return given; // a whole list that only CloudFormation knows
  if (given.some((domain) => Token.isUnresolved([domain]) && !Token.isUnresolved(domain))) {
    throw reject('contains a list that is known only at deploy time beside other domains; '
      + 'pass that list alone, or select its items with Fn.select');
  }

  const normal = given.map((domain) => {
    const [masked, unmask] = maskUnresolved(scope, domain);
    // By labels, because one with a mask has no punycode.
    const normalized = masked.replace(/\.$/, '').split('.')
      .map((label) => MASK.test(label) ? label.toLowerCase() : normalizeTokenDomain(label)).join('.');
    const host = parseHost(normalized);
    const problem = findProblem(masked, normalized, host);
    if (isLookupDummy(masked)) return problem ? domain : unmask(normalized);
    if (problem) throw reject(showTokens(unmask(`'${masked}' ${problem}`)));
    warnOfSuffix(scope, normalized, host);
    return unmask(normalized);
  });
  const byIdentity = new Map(normal.map((domain) => [textIdentity(scope, domain), domain]));
  const domains = [...byIdentity.values()];
  // Lazy values and the items of conditions, which can exclude each other, count at synthesis.
  const isCertain = ![...byIdentity.keys()].some((identity) =>
    isLookupDummy(identity) || Token.isUnresolved(identity) || /"Fn::If"/.test(identity));
  if (domains.length < 1 || (domains.length > MAX_TOKEN_DOMAINS && isCertain)) {
    throw reject(`must contain 1 to ${MAX_TOKEN_DOMAINS} different domains, got ${domains.length}; `
      + (domains.length ? 'create a second key for the others' : 'name the hosts of the pages that show the CAPTCHA'));
  }
  return [...domains.filter((domain) => !isUnresolved(domain)).sort(), ...domains.filter(isUnresolved)];
}

function splitsDynamicReference(scope: IConstruct, given: string[]): boolean {
  if (![given, ...given].some(Token.isUnresolved)) return false;
  const splits = JSON.stringify(tokenStructure(scope, given)).matchAll(/"Fn::Split":\["([^"]*)","([^"]*)"/g);
  return [...splits].some(([, delimiter, text]) =>
    text.match(/\{\{resolve:.*?\}\}/g)?.some((reference) => reference === text || reference.includes(delimiter)));
}

/** What is wrong with a masked domain, and what to write. */
function findProblem(given: string, domain: string, host: Host): string | undefined {
  const items = given.split(/[[\]\s,;"']+/).filter((item) => /[^.]\.[^.]|[\uE000-\uF8FF]/.test(item));
  if (items.length > 1) return `contains several domains; write '${items.join('\', \'')}'`;
  if (host.isIp || /(^|\.)(0x[0-9a-f]*|\d+)$/.test(host.hostname ?? domain)) {
    return 'is an IP address; write the host name of the page, such as \'www.example.com\'';
  }
  if (given.split('.').some((label) => MASK.test(label) && /[^\x00-\x7f\uE000-\uF8FF]/.test(label))) {
    return 'has a label of Unicode characters and a token, for which there is no punycode; '
      + 'write a label of ASCII characters, or a token for all of it';
  }
  if (host.hostname !== domain || !HOST.test(domain) || /[\s/\\?#]/.test(given)) {
    const problem = given.includes('*')
      ? 'is a wildcard: pages cover subdomains by awsWafCookieDomainList'
      : 'is not a bare host name (no scheme, user, port, path, whitespace or quotation marks)';
    return `${problem}; write ${hostWithin(given, domain)}`;
  }
  if (host.publicSuffix !== domain || !host.isIcann || MASK.test(domain)) return undefined;
  return `is a public suffix, under which anyone can register a domain: AWS WAF rejects it; write 'example.${domain}'`;
}

/** Beyond what `parseHost` checks; Unicode is in punycode by now. */
const HOST = new RegExp(`^(?!\\.)[a-z0-9_.\\-\uE000-\uF8FF]{1,${MAX_TOKEN_DOMAIN_LENGTH}}$`);

/** The host name that was most likely meant, or what one looks like. */
function hostWithin(given: string, domain: string): string {
  const bare = given.replace(/[[\]"'*]/g, '').trim().replace(/\s*\.[.\s]*/g, '.');
  const { hostname } = parseHost(/\s/.test(bare) ? '' : bare);
  const meant = normalizeTokenDomain(hostname?.replace(/^\./, '') ?? '');
  return meant && meant !== domain ? `'${meant}'` : 'the host name of the page, such as \'www.example.com\': '
    + `letters, digits, hyphens and underscores, 1 to 63 between dots and ${MAX_TOKEN_DOMAIN_LENGTH} in all`;
}

function warnOfSuffix(scope: IConstruct, domain: string, { publicSuffix, isPrivate }: Host): void {
  if (publicSuffix === domain && isPrivate) {
    Validations.of(scope).addWarning('cdk-waf-captcha-api-key:privateSuffix',
      `tokenDomains: '${domain}' is shared by all customers of its owner; write the name that you were given below it`);
  } else if (!domain.includes('.') && !MASK.test(domain)) {
    Validations.of(scope).addWarning('cdk-waf-captcha-api-key:singleLabel',
      `tokenDomains: '${domain}' has no dot: it is not a public domain, and AWS WAF may reject it`);
  }
}
