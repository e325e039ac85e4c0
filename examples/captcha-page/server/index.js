const { readFileSync } = require('node:fs');
const path = require('node:path');
const { handler: signUp } = require('../sign-up');

const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/style.css': ['style.css', 'text/css'],
  '/captcha.js': ['captcha.js', 'text/javascript'],
  '/captcha-loader.js': ['captcha-loader.js', 'text/javascript'],
  '/sign-up.js': ['sign-up.js', 'text/javascript'],
};

const CLIENT_CONFIG = { apiKey: process.env.API_KEY, scriptUrl: process.env.SCRIPT_URL };

/** Serves the page and the form behind a load balancer. The environment variables hold the construct's clientConfig. */
exports.handler = async function handler(event) {
  if (event.path.startsWith('/api/')) return signUp(event);
  if (event.path === '/config.json') {
    return respond(200, 'application/json', JSON.stringify(CLIENT_CONFIG));
  }
  const [file, type] = FILES[event.path] ?? [];
  return file
    ? respond(200, type, readFileSync(path.join(__dirname, '..', 'page', file), 'utf8'))
    : respond(404, 'text/plain', 'There is no such page.');
};

function respond(statusCode, type, body) {
  return {
    statusCode,
    headers: {
      'content-type': type,
      'cache-control': 'no-cache',
      'content-security-policy': process.env.CONTENT_SECURITY_POLICY,
      'referrer-policy': 'strict-origin-when-cross-origin',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    },
    body,
  };
}
