import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** `up`: from the client to the server; `down`: back. */
type Direction = 'up' | 'down';

/**
 * A relay in front of a TCP server that can hold back what goes one way, so that a process can be killed in between two
 * steps of its own that no call separates.
 *
 * What is held when its client dies never left the client's machine.
 */
export interface TcpGate {
  /** `host:port` for the client. */
  readonly address: string;
  /** Hold back what goes that way from now on. */
  readonly hold: (direction: Direction) => void;
  /** Let pass what was held, and what follows. */
  readonly open: (direction: Direction) => void;
  /** What is held back, as text. */
  readonly held: (direction: Direction) => string;
  /** Do something once, when a text goes that way for the first time and before the end of it is passed on. */
  readonly onSight: (direction: Direction, text: string, act: () => void) => void;
  /** Cut every connection. */
  readonly close: () => Promise<void>;
}

/**
 * Open a gate before a server on this machine, on a free port.
 *
 * @param newReader - Makes, for one direction of a connection, what turns its bytes into text as they come; the bytes
 *   themselves where it is left out.
 */
export async function openGate(
  port: number,
  newReader: () => (bytes: Buffer) => string = () => (bytes) => bytes.toString('latin1'),
): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  const lanes = { up: new Lane(), down: new Lane() };

  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port });
    relay(client, upstream, lanes.up);
    relay(upstream, client, lanes.down);
  });

  function relay(from: Socket, to: Socket, lane: Lane): void {
    const read = newReader();
    sockets.add(from);
    from.on('data', (bytes) => lane.take({ bytes, to, text: read(bytes) }));
    // A reset is what a kill looks like from here: both ends go, as they do at the close.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (direction) => lanes[direction].hold(),
    open: (direction) => lanes[direction].open(),
    held: (direction) => lanes[direction].heldText,
    onSight: (direction, text, act) => lanes[direction].watch(text, act),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Passage {
  readonly bytes: Buffer;
  readonly text: string;
  readonly to: Socket;
}

/** One direction of all connections. */
class Lane {
  #isHeld = false;
  #queue: Passage[] = [];
  #watches: { readonly text: string; readonly act: () => void }[] = [];

  get heldText(): string {
    return this.#queue.map(({ text }) => text).join('');
  }

  take(passage: Passage): void {
    const sighted = this.#watches.filter(({ text }) => passage.text.includes(text));
    this.#watches = this.#watches.filter((watch) => !sighted.includes(watch));
    for (const { act } of sighted) act();
    if (this.#isHeld) this.#queue.push(passage);
    else passage.to.write(passage.bytes);
  }

  hold(): void {
    this.#isHeld = true;
  }

  open(): void {
    this.#isHeld = false;
    for (const { bytes, to } of this.#queue.splice(0)) {
      if (!to.destroyed) to.write(bytes);
    }
  }

  watch(text: string, act: () => void): void {
    this.#watches.push({ text, act });
  }
}
