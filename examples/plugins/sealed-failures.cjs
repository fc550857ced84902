/* For encryption.mjs: messages and stack traces of failures become a payload, which the codec encrypts. */
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
