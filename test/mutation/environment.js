const Environment = require('../jest/environment');

/** A run ends with its first failure. */
module.exports = class extends Environment {
  async setup() {
    await super.setup();
    this.global.Error.stackTraceLimit = 1;
  }

  handleTestEvent({ name, test }, state) {
    if (name === 'run_start') this.skipOthers(state);
    if (name === 'test_fn_failure' || name === 'hook_failure') this.hasFailed = true;
    if (name !== 'test_start') return;
    test.timeout = 180_000; // for mutants that wait for ever
    if (this.hasFailed) test.mode = 'skip';
  }

  /** Jest matches the names of all tests anew for each group of tests, here with a pattern of hundreds of names. */
  skipOthers(state) {
    const pattern = state.testNamePattern;
    if (!pattern) return;
    const visit = (block, names) => block.children.forEach((child) => {
      const path = [...names, child.name];
      if (child.type === 'describeBlock') visit(child, path);
      else if (!pattern.test(path.join(' '))) child.mode = 'skip';
    });
    visit(state.rootDescribeBlock, []);
    state.testNamePattern = null;
  }
};
