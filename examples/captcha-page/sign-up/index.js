/** The protected request: behind AWS WAF, so a person sent it. Keep the address here; the example only checks it. */
exports.handler = async function handler({ httpMethod, requestContext, body, isBase64Encoded }) {
  // The rule of the web ACL asks for a puzzle before a POST, so nothing else may have an effect.
  if ((httpMethod ?? requestContext.http.method) !== 'POST') return answer(404, { message: 'there is only POST' });
  const { email } = parse(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body);
  return typeof email === 'string' && /^[^\s@]+@[^\s@]+$/.test(email)
    ? answer(200, { email })
    : answer(400, { message: 'email: must be an e-mail address' });
};

function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function answer(statusCode, content) {
  return { statusCode, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body: JSON.stringify(content) };
}
