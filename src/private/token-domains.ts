import { Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { isLookupDummy, isUnresolved } from './unresolved';
import { MASK, propertyError, show, validate } from './validate';
import { normalizeTokenDomain, spaceItems } from '../contract/normal-form';
import { MAX_TOKEN_DOMAIN_LENGTH, MAX_TOKEN_DOMAINS } from '../contract/resource';

type Parse = typeof import('tldts').parse;

/** What is known of a host name without asking anybody: its public suffix, and whether it is an IP address. */
type Host = ReturnType<Parse>;

/**
 * The token domains in normal form, validated. Of tokens, the text around is validated; the handler does the rest.
 *
 * @throws for what AWS WAF would reject or no browser could match: what is wrong, what was given, what to write
 */
export function parseTokenDomains(scope: IConstruct, tokenDomains: string[]): string[] {
  // The text of a look-up that has not happened splits into fewer items than its value.
  const isLookedUp = Array.isArray(tokenDomains) && tokenDomains.some(isLookupDummy);
  const given = isLookedUp ? tokenDomains.filter(Boolean) : tokenDomains;
  if (!Array.isArray(given) || [...given].some((domain) => typeof domain !== 'string')) {
    throw propertyError(scope, 'tokenDomains',
      `must be a list of strings such as ['www.example.com'], got ${show(given)}`);
  }
  const isListToken = (text: string) => Token.isUnresolved([text]) && !Token.isUnresolved(text);
  if (given.length > 1 && given.some(isListToken)) {
    throw propertyError(scope, 'tokenDomains', 'contains a list that is known only at deploy time, beside others; '
      + 'pass that list alone, or select its items with Fn.select');
  }
  validate(scope, 'tokenDomains', given, (domains, template) => findProblem(scope, domains, template));
  if (Token.isUnresolved(given)) return given; // a whole list that only CloudFormation knows
  const domains = [...new Set(given.map(normalize))];
  return [...domains.filter((domain) => !isUnresolved(domain)).sort(), ...domains.filter(isUnresolved)];
}

/** What is wrong with a list of masked domains, and what to write. */
function findProblem(scope: IConstruct, given: string[], template?: string): string | undefined {
  if (template?.match(/(^|"Fn::Split":\["[^"]*",)"\{\{resolve:[^}]*\}\}"(\]|$)/)) {
    return 'must not split a dynamic reference ({{resolve:…}}): CloudFormation splits before it resolves, '
      + 'which gives one string with all domains; use StringListParameter.valueForTypedListParameter, '
      + 'or Fn.split on StringParameter.valueForStringParameter';
  }
  const domains = new Set<string>();
  for (const text of given) {
    const domain = normalize(text).toLowerCase();
    const host = parseHost(domain);
    const problem = findProblemOfDomain(text, domain, host);
    if (problem) return `'${text}' ${problem}`;
    addWarnings(scope, domain, host);
    domains.add(domain);
  }
  // A look-up or a lazy value can give one of the others, and conditions can exclude each other.
  const isCertain = template ? !template.includes('"Fn::If"') : !given.some((text) => MASK.test(text));
  if (domains.size >= 1 && (domains.size <= MAX_TOKEN_DOMAINS || !isCertain)) return undefined;
  return `must contain 1 to ${MAX_TOKEN_DOMAINS} different domains, got ${domains.size}; `
    + (domains.size ? 'create a second key for the others' : 'name the hosts of the pages that show the CAPTCHA');
}

/** Normalizes by labels: the punycode of one with a token or a mask is known only at deploy time. */
function normalize(domain: string): string {
  return domain.replace(/\.$/, '').replace(/(\$\{.*?\}|\{\{.*?\}\}+|[^.])+/g,
    (label) => isUnresolved(label) || MASK.test(label) ? label : normalizeTokenDomain(label));
}

function addWarnings(scope: IConstruct, domain: string, host: Host): void {
  if (host.publicSuffix === domain && host.isPrivate) {
    Validations.of(scope).addWarning('cdk-waf-captcha-api-key:privateSuffix',
      `tokenDomains: '${domain}' is shared by all customers of its owner; write the name that you were given below it`);
  } else if (!domain.includes('.') && !MASK.test(domain)) {
    Validations.of(scope).addWarning('cdk-waf-captcha-api-key:singleLabel',
      `tokenDomains: '${domain}' has no dot: it is not a public domain, and AWS WAF may reject it`);
  }
}

/** What is wrong with a masked domain, and what to write. */
function findProblemOfDomain(given: string, domain: string, host: Host): string | undefined {
  const spaced = spaceItems(given);
  const items = spaced.split(/\s+/).filter((item) => /[^.]\.[^.]|[\uE000-\uF8FF]/.test(item));
  if (items.length > 1) return `contains several domains; write '${items.join('\', \'')}'`;
  if (host.isIp || /(^|\.)(0x[0-9a-f]*|\d+)$/.test(host.hostname ?? domain)) {
    return 'is an IP address; write the host name of the page, such as \'www.example.com\'';
  }
  if (host.hostname !== domain || !HOST.test(domain) || /[\s/\\?#]/.test(spaced)) {
    const problem = given.includes('*')
      ? 'is a wildcard: pages cover subdomains by awsWafCookieDomainList'
      : 'is not a bare host name (no scheme, user, port, path, whitespace or quotation marks)';
    return `${problem}; write ${hostWithin(spaced, domain)}`;
  }
  if (host.publicSuffix !== domain || !host.isIcann || MASK.test(domain)) return undefined;
  return `is a public suffix, under which anyone can register a domain: AWS WAF rejects it; write 'example.${domain}'`;
}

/** Beyond what `parseHost` checks; Unicode is in punycode by now. */
const HOST = new RegExp(`^(?!\\.)[a-z0-9_.\\-\uE000-\uF8FF]{1,${MAX_TOKEN_DOMAIN_LENGTH}}$`);

/** The host name that was most likely meant, or what one looks like. */
function hostWithin(spaced: string, domain: string): string {
  const bare = spaced.replace(/\*/g, '').trim().replace(/\s*\.[.\s]*/g, '.');
  const { hostname } = parseHost(/\s/.test(bare) ? '' : bare);
  const meant = normalizeTokenDomain(hostname?.replace(/^\./, '') ?? '');
  return meant && meant !== domain ? `'${meant}'` : 'the host name of the page, such as \'www.example.com\': '
    + `letters, digits, hyphens and underscores, 1 to 63 between dots and ${MAX_TOKEN_DOMAIN_LENGTH} in all`;
}

/** Finds the host name in a text. */
function parseHost(text: string): Host {
  // The list is large, so it is loaded when first needed. It is bundled: the package has no dependency to install.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require('../../assets/public-suffix') as { parse: Parse };
  return parse(text, { allowPrivateDomains: true });
}
