// require() of an ES module works as long as the package has no top-level await.
const [imapkit, testing, codec] = [require('imapkit'), require('imapkit/testing'), require('imapkit/codec')]

import('./exercise.mjs').then(({ exercise }) => exercise(imapkit, testing, codec))
