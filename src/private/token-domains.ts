import { isIPv4, isIPv6 } from 'node:net';
import { Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { publicSuffixOf } from './public-suffix';
import { tokenStructure } from './token-structure';
import { isLookupDummy, isUnresolved, MASK, maskUnresolved, showToken } from './unresolved';
import { normalizeTokenDomain } from '../contract/normal-form';
import { MAX_TOKEN_DOMAIN_LENGTH, MAX_TOKEN_DOMAINS } from '../contract/resource';

/**
 * Validates the token domains and normalizes them. Of tokens, it validates the text around; the handler does the rest.
 *
 * @throws for what AWS WAF would reject or no browser could match: what is wrong, what was given, what to write
 */
export function validateTokenDomains(scope: IConstruct, given: string[]): string[] {
  const reject = (problem: string) => new Error(`${scope.node.path}: tokenDomains: ${problem}`);
  const describe = (value: unknown) => JSON.stringify(value) ?? 'nothing';
  if (!Array.isArray(given)) throw reject(`must be a list of domains, got ${describe(given)}`);
  if ([given, ...given].some(Token.isUnresolved)
    && SPLIT_REFERENCE.test(JSON.stringify(tokenStructure(scope, given)))) {
    throw reject('must not split a dynamic reference ({{resolve:…}}): CloudFormation splits before it resolves, '
      + 'which gives one string with all domains; use StringListParameter.valueForTypedListParameter, '
      + 'or Fn.split on StringParameter.valueForStringParameter');
  }
  if (Token.isUnresolved(given)) return given; // a whole list that only CloudFormation knows
  if (given.some((domain) => Token.isUnresolved([domain]) && !Token.isUnresolved(domain))) {
    throw reject('contains a list that is known only at deploy time beside other domains; '
      + 'pass that list alone, or select its items with Fn.select');
  }

  const domains = [...new Set(given.map((domain) => {
    if (typeof domain !== 'string') throw reject(`must contain strings, got ${describe(domain)}`);
    const [masked, unmask] = maskUnresolved(domain);
    // By labels, because one with a mask has no punycode.
    const normalized = masked.replace(/\.$/, '').split('.').map(normalizeTokenDomain).join('.');
    const [problem, instead] = findProblem(masked, normalized) ?? [];
    if (isLookupDummy(domain)) return problem ? domain : normalized;
    if (problem) {
      const remedy = instead ? `'${instead}'` : 'the bare host name of the page, such as \'www.example.com\'';
      throw reject(unmask(`'${masked}' ${problem}; write ${remedy}`, showToken));
    }
    if (!isUnresolved(domain)) warnOfSuffix(scope, normalized);
    return unmask(normalized);
  }))];
  if (domains.length < 1 || (domains.length > MAX_TOKEN_DOMAINS && !domains.some(isLookupDummy))) {
    throw reject(`must contain 1 to ${MAX_TOKEN_DOMAINS} different domains, got ${domains.length}; `
      + (domains.length ? 'create a second key for the others' : 'name the hosts of the pages that show the CAPTCHA'));
  }
  return [...domains.filter((domain) => !isUnresolved(domain)).sort(), ...domains.filter(isUnresolved)];
}

const SPLIT_REFERENCE = /"Fn::Split":\["[^"]*","[^"]*\{\{resolve:/;

/** What is wrong with a masked domain, and what was most likely meant. */
function findProblem(given: string, domain: string): [problem: string, instead?: string] | undefined {
  const host = suggestedHost(given);
  const items = given.split(/[[\]\s,;"']+/).filter((item) => /[^.]\.[^.]|[\uE000-\uF8FF]/.test(item));
  const labels = domain.split('.');
  if (given.trim() === '') return ['is empty'];
  if (items.length > 1) return ['contains several domains', items.join('\', \'')];
  if (/["']/.test(given)) return ['contains quotation marks', suggestedHost(given.replace(/[[\]"']/g, ''))];
  if (/\s/.test(given)) return ['contains whitespace', suggestedHost(given.replace(/\s/g, ''))];
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) return ['has a scheme', host];
  if (given.includes('@')) return ['is an email address or contains a user', host];
  if (given.includes('*')) return ['is a wildcard: pages cover subdomains by awsWafCookieDomainList', host];
  if ([given, given.replace(/^\[|\](:\d+)?$|:\d+$/g, '')].some(isAddress)) return ['is an IP address, not a domain'];
  if (/[/?#\\]/.test(given)) return ['has a path', host];
  if (given.includes(':')) return ['has a port', host];
  if (domain.startsWith('.')) return ['starts with a dot', host];
  if (labels.includes('')) return ['has an empty label', host];
  if (!/^[a-z0-9_.\-\uE000-\uF8FF]+$/.test(domain)) return ['contains characters that are not allowed in a domain'];
  if (/(^|\.)-|-(\.|$)/.test(domain)) return ['has a label that starts or ends with a hyphen'];
  if (labels.some((label) => label.length > 63)) return ['has a label of more than 63 characters (RFC 1035)'];
  if (domain.length > MAX_TOKEN_DOMAIN_LENGTH) {
    return [`has ${domain.length} characters; AWS WAF accepts at most ${MAX_TOKEN_DOMAIN_LENGTH}`];
  }
  if (/^(0x[0-9a-f]*|\d+)$/.test(labels[labels.length - 1])) return ['is an IP address, not a domain'];
  const { publicSuffix, isIcann } = publicSuffixOf(domain);
  if (publicSuffix !== domain || MASK.test(domain) || !isIcann) return undefined;
  return ['is a public suffix, under which anyone can register a domain: AWS WAF rejects it', `example.${domain}`];
}

function warnOfSuffix(scope: IConstruct, domain: string): void {
  const { publicSuffix, isPrivate } = publicSuffixOf(domain);
  if (publicSuffix === domain && isPrivate) {
    Validations.of(scope).addWarning('cdk-waf-captcha-api-key:privateSuffix',
      `tokenDomains: '${domain}' is shared by all customers of its owner; write the name that you were given below it`);
  } else if (!domain.includes('.')) {
    Validations.of(scope).addWarning('cdk-waf-captcha-api-key:singleLabel',
      `tokenDomains: '${domain}' has no dot: it is not a public domain, and AWS WAF may reject it`);
  }
}

/** The host that was most likely meant; nothing where it cannot be told. */
function suggestedHost(given: string): string | undefined {
  const host = given.trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#\\].*$/, '')
    .replace(/^.*@|:\d*$/g, '')
    .replace(/\.{2,}/g, '.')
    .replace(/^(\*?\.)+|\.$/g, '');
  const isHost = /^[\p{L}\p{N}\p{Co}_-]+(\.[\p{L}\p{N}\p{Co}_-]+)*$/u.test(host) && /[.\uE000-\uF8FF]/.test(host);
  return isHost && !isIPv4(host) ? normalizeTokenDomain(host) : undefined;
}

/** Asks for IPv6 only where it can be one: its pattern takes Node.js milliseconds to compile. */
function isAddress(host: string): boolean {
  return host.includes(':') ? isIPv6(host) : isIPv4(host);
}
