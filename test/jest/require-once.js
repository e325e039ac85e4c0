/** In place of the text of a package's file: what the file exports, from the registry of Node.js. */
exports.process = (_source, file) => ({ code: `module.exports = requireOnce(${JSON.stringify(file)});` });
