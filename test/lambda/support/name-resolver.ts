const RESOLVER = `import dns from 'node:dns';
const { lookup } = dns;
dns.lookup = (name, options, callback) => {
  if (name === 'two-addresses.invalid') {
    return callback(undefined, ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })));
  }
  if (name !== 'silent.invalid') lookup(name, options, callback);
};`;

/** With these, a function gets two addresses for one name, and waits for another as in a VPC without a route. */
export const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(RESOLVER)}`;
