/** The protected request, which AWS WAF has checked. Store the address here. The example only validates it. */
exports.handler = async function handler({ httpMethod, requestContext, body, isBase64Encoded }) {
  const method = httpMethod ?? requestContext.http.method;
  // The rule of the web ACL requires a puzzle for POST only, so no other method may have an effect.
  if (method !== 'POST') return respond(404, { message: 'only POST is supported' });
  const { email } = parse(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body);
  return typeof email === 'string' && /^[^\s@]+@[^\s@]+$/.test(email)
    ? respond(200, { email })
    : respond(400, { message: 'email: must be an e-mail address' });
};

function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function respond(statusCode, content) {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { statusCode, headers, body: JSON.stringify(content) };
}
