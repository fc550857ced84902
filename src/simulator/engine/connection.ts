/** What happened to a connection by itself. */
export interface ConnectionChange {
  /** `changed`: a change of its attributes ended, or its service is gone. */
  readonly kind: 'connected' | 'disconnected' | 'changed';
  readonly atMs: number;
}

/** What a connection becomes when what is under way has ended. */
const OUTCOMES = {
  Connecting: { status: 'Connected', kind: 'connected' },
  Disconnecting: { status: 'Disconnected', kind: 'disconnected' },
  Pending: { status: 'Connected', kind: 'changed' },
} as const;

/** How an endpoint is connected with its service. */
export class Connection {
  #status: string;
  #until: { readonly atMs: number; readonly change: keyof typeof OUTCOMES } | undefined;
  #serviceGoneAtMs = Infinity;
  #wasConnected = false;
  #modifiedAtMs: number;

  constructor(status: string, atMs: number) {
    this.#status = status;
    this.#modifiedAtMs = atMs;
  }

  get status(): string {
    return this.#status;
  }

  /** Whether it was Connected once. */
  get wasConnected(): boolean {
    return this.#wasConnected;
  }

  get modifiedAtMs(): number {
    return this.#modifiedAtMs;
  }

  /** Whether time alone will change it. */
  get isChanging(): boolean {
    return this.#until !== undefined || (this.#serviceGoneAtMs !== Infinity && this.#status !== 'ServiceDeleted');
  }

  /** Be in a state from now on, whatever was under way. */
  be(status: string, atMs: number): void {
    this.#status = status;
    this.#until = undefined;
    this.#modifiedAtMs = atMs;
    this.#wasConnected ||= status === 'Connected';
  }

  /** Begin to connect, to disconnect, or to be changed while it is Connected. */
  start(change: keyof typeof OUTCOMES, nowMs: number, doneAtMs: number): void {
    this.be(change, nowMs);
    this.#until = { atMs: doneAtMs, change };
  }

  /** Be ServiceDeleted from a time on. */
  endWithService(goneAtMs: number): void {
    this.#serviceGoneAtMs = goneAtMs;
  }

  /** Bring it up to a time. @returns What has become of it just now. */
  settle(nowMs: number): ConnectionChange | undefined {
    if (this.#serviceGoneAtMs <= nowMs && this.#status !== 'ServiceDeleted') {
      this.be('ServiceDeleted', this.#serviceGoneAtMs);
      return { kind: 'changed', atMs: this.#serviceGoneAtMs };
    }
    if (this.#until === undefined || this.#until.atMs > nowMs) return undefined;
    const { atMs, change } = this.#until;
    const { status, kind } = OUTCOMES[change];
    this.be(status, atMs);
    return { kind, atMs };
  }
}
