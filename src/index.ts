export * from './waf-captcha-api-key';
export * from './waf-captcha-api-key-provider';
export * from './waf-scope';
