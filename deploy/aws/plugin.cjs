const { join } = require('node:path');
const build = require('./pinned-node.cjs');

/** Bundles each function's code before it is packed. */
module.exports = class SkeinPlugin {
  constructor(serverless) {
    const bundle = () =>
      build('bundle', {
        module: serverless.service.custom.skein.module,
        folder: join(serverless.serviceDir, '.serverless'),
      });
    this.hooks = {
      'before:package:createDeploymentArtifacts': bundle,
      'before:package:function:package': bundle,
    };
  }
};
