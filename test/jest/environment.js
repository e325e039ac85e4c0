const { createRequire } = require('node:module');
const { TestEnvironment } = require('jest-environment-node');

/**
 * A worker loads the packages of require-once.js for all of its test files. They see the process and the dates of
 * Node.js, not copies of a test file, and so do the tests.
 */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.variables = { ...process.env };
    Object.assign(this.global, { process, Date, requireOnce: createRequire(__filename) });
  }

  async teardown() {
    for (const name of Object.keys(process.env)) if (!(name in this.variables)) delete process.env[name];
    Object.assign(process.env, this.variables);
    await super.teardown();
  }
};
