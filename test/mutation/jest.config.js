const { jest } = require('../../package.json');

module.exports = {
  rootDir: '../..',
  roots: ['emulator', 'lambda', 'local', 'src', 'test'].map((folder) => `<rootDir>/${folder}`),
  testMatch: [`<rootDir>/test/mutation/${process.env.MUTATE ?? 'handler'}.ts`],
  maxConcurrency: 1,
  testEnvironment: require.resolve('./environment'),
  transformIgnorePatterns: jest.transformIgnorePatterns,
  transform: jest.transform,
};
