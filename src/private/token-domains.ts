import { isIPv4, isIPv6 } from 'node:net';
import { Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { publicSuffixOf } from './public-suffix';
import { normalizeTokenDomain, normalizeTokenDomains } from '../contract/normal-form';
import { MAX_TOKEN_DOMAIN_LENGTH, MAX_TOKEN_DOMAINS } from '../contract/resource';

/**
 * Judges the token domains that are known at synth and brings them to normal form; tokens pass, behind the known ones,
 * and are judged by the handler and the service.
 *
 * @throws for what AWS WAF would reject or no browser could match, naming what is wrong, what was given, and what to write instead
 */
export function readTokenDomains(scope: IConstruct, given: string[]): string[] {
  if (!Array.isArray(given)) {
    throw invalid(scope, `must be a list of domains, got ${describe(given)}`);
  }
  if (Token.isUnresolved(given)) {
    return given; // a whole list that only CloudFormation knows
  }
  if (given.some((domain) => Token.isUnresolved([domain]) && !Token.isUnresolved(domain))) {
    throw invalid(scope, 'hold a list that is known at deployment only beside other domains; pass that list alone, or take its items with Fn.select');
  }
  const literals = normalizeTokenDomains(given.filter((domain) => !Token.isUnresolved(domain)).map((domain) => judge(scope, domain)));
  const tokens = [...new Set(given.filter((domain) => Token.isUnresolved(domain)))];
  const count = literals.length + tokens.length;
  if (count < 1 || count > MAX_TOKEN_DOMAINS) {
    throw invalid(scope, `must hold 1 to ${MAX_TOKEN_DOMAINS} different domains, got ${count}; ` + (count
      ? 'make a second key for the others'
      : 'name the hosts of the pages that show the CAPTCHA'));
  }
  return [...literals, ...tokens];
}

/** Returns the domain in normal form, or throws. */
function judge(scope: IConstruct, given: string): string {
  if (typeof given !== 'string') {
    throw invalid(scope, `must hold strings, got ${describe(given)}`);
  }
  const reject = (what: string, instead?: string) =>
    invalid(scope, `'${given}' ${what}; write ${instead ? `'${instead}'` : 'the bare host name of the page, such as \'www.example.com\''}`);

  if (given.trim() === '') throw reject('is empty');
  if (/\s/.test(given)) throw reject('has a space in it', cleaned(given.replace(/\s/g, '')));
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given)) throw reject('has a scheme', cleaned(given));
  if (given.includes('@')) throw reject('is an e-mail address or holds a user', cleaned(given));
  if (given.includes('*')) throw reject('is a wildcard: a key covers the subdomains of its domains where the page sets awsWafCookieDomainList', cleaned(given));
  if (isAddress(given.replace(/^\[|\](:\d+)?$|:\d+$/g, '')) || isAddress(given)) throw reject('is an address, not a domain');
  if (/[/?#\\]/.test(given)) throw reject('has a path', cleaned(given));
  if (given.includes(':')) throw reject('has a port', cleaned(given));

  const domain = normalizeTokenDomain(given);
  const labels = domain.split('.');
  if (domain.startsWith('.')) throw reject('starts with a dot', cleaned(given));
  if (labels.includes('')) throw reject('has an empty label', cleaned(given));
  if (!/^[a-z0-9_.-]+$/.test(domain)) throw reject('has characters that no domain has');
  if (labels.some((label) => label.startsWith('-') || label.endsWith('-'))) throw reject('has a label that starts or ends with a hyphen');
  if (labels.some((label) => label.length > 63)) throw reject('has a label of more than 63 characters (RFC 1035)');
  if (domain.length > MAX_TOKEN_DOMAIN_LENGTH) throw reject(`has ${domain.length} characters; AWS WAF takes at most ${MAX_TOKEN_DOMAIN_LENGTH}`);
  if (/^(0x[0-9a-f]*|\d+)$/.test(labels[labels.length - 1])) throw reject('is an address, not a domain');

  const { publicSuffix, isIcann, isPrivate } = publicSuffixOf(domain);
  if (publicSuffix === domain) {
    if (isIcann) throw reject('is a public suffix, under which anyone can register a domain: AWS WAF rejects it', `example.${domain}`);
    if (isPrivate) {
      Validations.of(scope).addWarning('cdk-waf-captcha-api-key:privateSuffix',
        `tokenDomains: '${domain}' is shared by all customers of its owner; write the name you were given below it`);
    } else if (labels.length === 1) {
      Validations.of(scope).addWarning('cdk-waf-captcha-api-key:singleLabel',
        `tokenDomains: '${domain}' has no dot: it is no public domain, and AWS WAF may reject it`);
    }
  }
  return domain;
}

/** The host that was most likely meant, for the error message; nothing where it cannot be told. */
function cleaned(given: string): string | undefined {
  const host = given.trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#\\].*$/, '')
    .replace(/^.*@/, '')
    .replace(/:\d*$/, '')
    .replace(/\.{2,}/g, '.')
    .replace(/^(\*?\.)+|\.$/g, '');
  return /^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)+$/u.test(host) && !isIPv4(host) ? normalizeTokenDomain(host) : undefined;
}

/** Asks for IPv6 only where it can be one: its pattern takes Node.js milliseconds to compile. */
function isAddress(host: string): boolean {
  return host.includes(':') ? isIPv6(host) : isIPv4(host);
}

function invalid(scope: IConstruct, problem: string): Error {
  return new Error(`${scope.node.path}: tokenDomains: ${problem}`);
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
