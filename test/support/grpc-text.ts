import { gunzipSync } from 'node:zlib';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const FRAME_HEADER_BYTES = 9;
const DATA_FRAME = 0;
const END_OF_STREAM = 1;
/** One byte that says whether a message is compressed, four with its length. */
const MESSAGE_HEADER_BYTES = 5;

/**
 * Make a reader of one direction of one gRPC connection without TLS: it takes the bytes as they come and gives the
 * messages that they complete, unpacked, as one text of single bytes. JSON within them can be searched for.
 */
export function grpcTextReader(): (bytes: Buffer) => string {
  let rest: Buffer = Buffer.alloc(0);
  const streams = new Map<number, Buffer>();

  const messagesOf = (stream: number): string => {
    let text = '';
    for (;;) {
      const waiting = streams.get(stream) ?? Buffer.alloc(0);
      if (waiting.length < MESSAGE_HEADER_BYTES) return text;
      const end = MESSAGE_HEADER_BYTES + waiting.readUInt32BE(1);
      if (waiting.length < end) return text;
      const message = waiting.subarray(MESSAGE_HEADER_BYTES, end);
      text += (waiting[0] === 1 ? gunzipSync(message) : message).toString('latin1');
      streams.set(stream, waiting.subarray(end));
    }
  };

  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    if (rest.subarray(0, PREFACE.length).equals(PREFACE)) rest = rest.subarray(PREFACE.length);
    let text = '';
    while (rest.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + rest.readUIntBE(0, 3);
      if (rest.length < end) break;
      const [type, flags, stream] = [rest[3], rest[4] ?? 0, rest.readUInt32BE(5)];
      if (type === DATA_FRAME) {
        const payload = rest.subarray(FRAME_HEADER_BYTES, end);
        streams.set(stream, Buffer.concat([streams.get(stream) ?? Buffer.alloc(0), payload]));
        text += messagesOf(stream);
      }
      if ((flags & END_OF_STREAM) !== 0) streams.delete(stream);
      rest = rest.subarray(end);
    }
    return text;
  };
}
