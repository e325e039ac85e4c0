// The lower bound: a handler without any SDK that does no more than a Create needs. It signs by hand, retries nothing,
// rolls nothing back, understands no error and cannot delete, so it is a measure and not a choice.
const { createHash, createHmac } = require('node:crypto');
const https = require('node:https');

const region = 'us-east-1';
const endpoint = new URL(process.env.AWS_ENDPOINT_URL_WAFV2);

exports.handler = async (event) => {
  const { Scope, TokenDomains } = event.ResourceProperties;
  const [{ APIKey }, { ApplicationIntegrationURL }] = await Promise.all([
    call('CreateAPIKey', { Scope, TokenDomains }),
    call('ListAPIKeys', { Scope, Limit: 100 }),
  ]);
  const content = JSON.stringify({
    Status: 'SUCCESS',
    PhysicalResourceId: APIKey,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: { APIKey, ApplicationIntegrationURL },
  });
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(content) };
  await send(new URL(event.ResponseURL), 'PUT', headers, content);
};

async function call(operation, input) {
  const body = JSON.stringify(input);
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'host': endpoint.host,
    'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
    'x-amz-security-token': process.env.AWS_SESSION_TOKEN,
    'x-amz-target': `AWSWAF_20190729.${operation}`,
  };
  return JSON.parse(await send(endpoint, 'POST', { ...headers, authorization: authorization(headers, body) }, body));
}

function authorization(headers, body) {
  const names = Object.keys(headers).sort();
  const canonical = [
    'POST', '/', '', ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), sha256(body),
  ].join('\n');
  const time = headers['x-amz-date'];
  const scope = [time.slice(0, 8), region, 'wafv2', 'aws4_request'];
  const key = scope.reduce((secret, part) => hmac(secret, part), `AWS4${process.env.AWS_SECRET_ACCESS_KEY}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n'));
  const credential = [process.env.AWS_ACCESS_KEY_ID, ...scope].join('/');
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, `
    + `Signature=${signature.toString('hex')}`;
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

function send(url, method, headers, body) {
  return new Promise((resolve, reject) => {
    https.request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => response.statusCode === 200 ? resolve(text) : reject(new Error(text)));
    }).on('error', reject).end(body);
  });
}
