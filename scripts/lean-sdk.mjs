import { readFile } from 'node:fs/promises';

/**
 * The entry files of the SDK's core make functions by calling others,
 * so a bundler must keep these calls and all that hangs on them
 * (retries, ini files, endpoint rules) although nobody uses the
 * results. Told that the calls do nothing else, it drops them.
 */
const withoutUnusedParts = {
  name: 'without-unused-parts',
  setup({ onLoad }) {
    onLoad({ filter: /core[/\\]dist-es[/\\]submodules[/\\]\w+[/\\]index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replace(/(= |extends )(bind\w+\()/g, '$1/* @__PURE__ */ $2') };
    });
  },
};

/** Options for esbuild that leave of the SDK what the handler uses. */
export const leanSdk = {
  mainFields: ['module', 'main'], // ES modules: only from these can a bundler drop what is not used
  // the SDK loads node:http by import(), which starts Node's second module loader
  supported: { 'dynamic-import': false },
  pure: ['RegExp'],
  plugins: [withoutUnusedParts],
};
