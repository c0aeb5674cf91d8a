const df = require('durable-functions');

const retryOptions = new df.RetryOptions(5000, 3);
retryOptions.backoffCoefficient = 2;

const resize = df.app.activity('resize', {
  handler: (picture, context) => {
    const attempts = (seen.get(picture) ?? 0) + 1;
    seen.set(picture, attempts);
    if (picture.startsWith('broken')) {
      throw new Error(`${picture} cannot be read`);
    }
    if (picture.startsWith('slow') && attempts < 3) {
      throw new Error(`${picture} took too long`);
    }
    context.log(`resized ${picture}`);
    return picture.length;
  },
});
const seen = new Map();

const listPictures = df.app.activity('listPictures', {
  handler: (folder) => [`${folder}/a.png`, 'slow/b.png', `${folder}/c.png`],
});

df.app.orchestration('makeThumbnails', function* (context) {
  const pictures = yield listPictures(context.df.getInput());
  const tasks = pictures.map((picture) => resize(picture).withRetry(retryOptions));
  const sizes = yield context.df.Task.all(tasks);
  return sizes.reduce((sum, size) => sum + size, 0);
});

df.app.client.http('makeThumbnailsStart', {
  route: 'thumbnails/{folder}',
  handler: async (request, client) => {
    const instanceId = await client.startNew('makeThumbnails', { input: request.params.folder });
    return client.waitForCompletionOrCreateCheckStatusResponse(request, instanceId);
  },
});
