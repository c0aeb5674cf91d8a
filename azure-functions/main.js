// Before what it is for is loaded: then stack traces name the sources.
process.setSourceMapsEnabled(true);
require('./dist/functions.js');
