const build = require('./pinned-node.cjs');

let described;

/** What serverless.yml takes `functions` and `resources` from. */
module.exports = async function describe({ resolveConfigurationProperty, resolveVariable }) {
  const input = {
    service: await resolveConfigurationProperty(['service']),
    stage: await resolveVariable('sls:stage'),
    region: await resolveVariable('opt:region, self:provider.region'),
    skein: await resolveConfigurationProperty(['custom', 'skein']),
  };
  // It is asked for each of the two.
  const key = JSON.stringify(input);
  if (described?.key !== key) described = { key, value: build('describe', input) };
  return described.value;
};
