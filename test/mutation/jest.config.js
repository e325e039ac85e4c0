module.exports = {
  rootDir: '../..',
  roots: ['emulator', 'lambda', 'local', 'src', 'test'].map((folder) => `<rootDir>/${folder}`),
  testMatch: ['<rootDir>/test/mutation/{handler,construct}.ts'],
  maxConcurrency: 1,
  testEnvironment: require.resolve('./environment'),
  transformIgnorePatterns: [],
  transform: {
    '/node_modules/(@aws-cdk|@aws-sdk|@smithy|aws-cdk-lib|cdk-nag|cdk-nag-2|constructs|fast-check)/.*\\.c?js$':
      require.resolve('./require-once'),
    '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.dev.json', diagnostics: false }],
  },
};
