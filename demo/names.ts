/** What the demo's app deploys and its checks look at. */

export const REGION = 'eu-west-1';
export const GLOBAL_REGION = 'us-east-1';

export const STACKS = {
  key: 'CaptchaKey',
  site: 'CaptchaSite',
  other: 'OtherTeam',
  globalKey: 'GlobalKey',
  globalSite: 'GlobalSite',
};

export const CONFIG_PARAMETER = '/site/config.json';
export const OTHER_CONFIG_PARAMETER = '/other-team/config.json';
export const GLOBAL_CONFIG_PARAMETER = '/global-site/config.json';
export const SSM_PREFIX = '/captcha/shop';

/** Of a distribution that CloudFormation makes: no template knows it. */
export const ASSIGNED_DOMAIN = 'd111111abcdef8.cloudfront.net';
