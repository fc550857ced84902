/** How to work through many items at once. */
export interface WindowOptions<Item> {
  /** So many at once in each lane. An item counts until what became of it was taken. */
  readonly size: number;
  /** Lane of an item: lanes do not wait for each other. */
  readonly laneOf: (item: Item) => string;
  /** No item is begun after this. Those under way are waited for: `act` ends them early or not, as it likes. */
  readonly stop?: AbortSignal | undefined;
}

/**
 * Work through items in their order, with a sliding window for each lane, and yield what became of them as it comes.
 *
 * It begins nothing by itself while nobody takes what has ended: whoever is slow to take slows the whole down, and no more
 * than the windows hold is ever kept.
 *
 * @param act - `undefined`: nothing to tell of this item. An error of it ends the whole; the others go on unseen.
 */
export async function* slidingWindow<Item, End>(
  items: readonly Item[],
  act: (item: Item) => Promise<End | undefined>,
  { size, laneOf, stop }: WindowOptions<Item>,
): AsyncGenerator<End, void, undefined> {
  const lanes = lanesOf(items, laneOf);
  const ended: { lane: Lane<Item>; end: End | undefined }[] = [];
  let underWay = 0;
  let failure: { readonly error: unknown } | undefined;
  let wake: () => void = () => undefined;

  const begin = (lane: Lane<Item>, item: Item) => {
    lane.held += 1;
    underWay += 1;
    const settled = act(item).then(
      (end) => void ended.push({ lane, end }),
      (error: unknown) => (failure ??= { error }),
    );
    void settled.then(() => {
      underWay -= 1;
      wake();
    });
  };
  const fill = () => {
    for (const lane of lanes) {
      while (stop?.aborted !== true && lane.held < size) {
        const item = lane.items[lane.next++];
        if (item === undefined) break;
        begin(lane, item);
      }
    }
  };

  for (;;) {
    fill();
    if (ended.length === 0 && underWay > 0) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
    // What has ended is told even if something else went wrong meanwhile.
    for (let next = ended.shift(); next !== undefined; next = ended.shift()) {
      if (next.end !== undefined) yield next.end;
      next.lane.held -= 1;
      if (failure === undefined) fill();
    }
    if (failure !== undefined) throw failure.error;
    if (underWay === 0) return;
  }
}

interface Lane<Item> {
  readonly items: readonly Item[];
  next: number;
  held: number;
}

function lanesOf<Item>(items: readonly Item[], laneOf: (item: Item) => string): readonly Lane<Item>[] {
  const lanes = new Map<string, Item[]>();
  for (const item of items) {
    const name = laneOf(item);
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [item]);
    else lane.push(item);
  }
  return [...lanes.values()].map((own) => ({ items: own, next: 0, held: 0 }));
}
