export * from './i-waf-captcha-api-key';
export * from './i-waf-captcha-api-key-provider';
export * from './waf-captcha-api-key';
export * from './waf-captcha-api-key-props';
export * from './waf-captcha-api-key-provider';
export * from './waf-captcha-api-key-provider-props';
export * from './waf-scope';
