import type { Dashboard, DataQuery, GraphFieldConfig, Panel, VariableModel } from '@grafana/schema';

/** A query of a panel, as Grafana's Prometheus data source reads it. */
interface Target extends DataQuery {
  readonly expr: string;
  readonly legendFormat: string;
}

/** What one panel shows: its unit is one of Grafana's names of units. */
interface Graph {
  readonly title: string;
  readonly description: string;
  readonly unit: 'ms' | 'short' | 'cpm' | 'percentunit';
  /** Queries by the text of their legend. */
  readonly queries: Readonly<Record<string, string>>;
}

const SOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Of every series of ours: what is chosen at the top of the dashboard. */
const CHOSEN = 'account=~"$account", region=~"$region"';

const quantile = (q: number, histogram: string, labels = CHOSEN): string =>
  `histogram_quantile(${q}, sum by (le) (rate(${histogram}_bucket{${labels}}[$__rate_interval])))`;

const perMinute = (by: string, selector: string): string => `60 * sum by (${by}) (rate(${selector}[$__rate_interval]))`;

const GRAPHS: readonly Graph[] = [
  {
    title: 'Runs',
    description: 'Provisions that are running, and those of them that wait for a quota or a status to pass.',
    unit: 'short',
    queries: { open: 'max(pvl_runs_open)', parked: 'max(pvl_runs_parked)' },
  },
  {
    title: 'Ends of runs',
    description: 'By outcome, in a minute.',
    unit: 'cpm',
    queries: { '{{outcome}}': perMinute('outcome', `pvl_runs_ended{${CHOSEN}}`) },
  },
  {
    title: 'Failures',
    description: 'By type of failure and class of error, in a minute. docs/errors.md says what each of them means.',
    unit: 'cpm',
    queries: { '{{type}} ({{class}})': perMinute('type, class', `pvl_runs_ended{${CHOSEN}, outcome="failed"}`) },
  },
  {
    title: 'Time to Active',
    description: 'From the answer of the create call until the run knew that its endpoint is Active.',
    unit: 'ms',
    queries: { p50: quantile(0.5, 'pvl_time_to_active'), p90: quantile(0.9, 'pvl_time_to_active') },
  },
  {
    title: 'Detect lag',
    description: 'At most so long after an endpoint became Active did its run know it.',
    unit: 'ms',
    queries: {
      'p50 {{by}}': `histogram_quantile(0.5, sum by (by, le) (rate(pvl_detect_lag_bucket{${CHOSEN}}[$__rate_interval])))`,
      'p99 {{by}}': `histogram_quantile(0.99, sum by (by, le) (rate(pvl_detect_lag_bucket{${CHOSEN}}[$__rate_interval])))`,
    },
  },
  {
    title: 'Calls',
    description:
      'HTTP requests to PrivateLink by action, in a minute. The service allows 200 writes and 1,000 reads of each.',
    unit: 'cpm',
    queries: { '{{action}}': perMinute('action', `pvl_api_calls{${CHOSEN}}`) },
  },
  {
    title: 'Refusals',
    description: 'Answers that were no success, by code, in a minute.',
    unit: 'cpm',
    queries: { '{{code}} ({{class}})': perMinute('code, class', `pvl_api_calls{${CHOSEN}, class!="ok"}`) },
  },
  {
    title: 'Time of calls',
    description: 'Until the last byte of the answer.',
    unit: 'ms',
    queries: { p50: quantile(0.5, 'pvl_api_call_latency'), p99: quantile(0.99, 'pvl_api_call_latency') },
  },
  {
    title: 'Pauses',
    description: 'How often runs paused because the service refused, by class, in a minute.',
    unit: 'cpm',
    queries: { '{{class}}': perMinute('class', `pvl_parks{${CHOSEN}}`) },
  },
  {
    title: 'Leftovers',
    description: 'Runs that did not end ready and leave an endpoint, or may do so; since each worker was started.',
    unit: 'short',
    queries: { '{{after}}': `sum by (after) (pvl_leftovers{${CHOSEN}})` },
  },
  {
    title: 'Watcher',
    description: 'Endpoints on their way, as the watcher sees them; its scans, and those that failed, in a minute.',
    unit: 'short',
    queries: {
      'on their way': `sum(pvl_watch_pending{${CHOSEN}})`,
      'scans a minute': `60 * sum(rate(pvl_watch_ticks{${CHOSEN}}[$__rate_interval]))`,
      'failures a minute': `60 * sum(rate(pvl_watch_failures{${CHOSEN}}[$__rate_interval])) or vector(0)`,
    },
  },
  {
    title: 'Waiting for a turn',
    description: 'How long activities wait in their queue, p90. In a paced queue that is the budget at work.',
    unit: 'ms',
    queries: {
      '{{task_queue}}':
        'histogram_quantile(0.9, sum by (task_queue, le) (rate(temporal_activity_schedule_to_start_latency_bucket[$__rate_interval])))',
    },
  },
  {
    title: 'Workers',
    description: 'Polls that are open for workflow tasks, and workflows that are kept in memory.',
    unit: 'short',
    queries: {
      polls: 'sum(temporal_num_pollers{poller_type="workflow_task"})',
      cached: 'sum(temporal_sticky_cache_size)',
    },
  },
  {
    title: 'Temporal server',
    description: 'Requests of workers that failed, by operation and status, in a minute.',
    unit: 'cpm',
    queries: {
      '{{operation}} {{status_code}}': perMinute('operation, status_code', 'temporal_request_failure'),
    },
  },
];

const LINES = { fillOpacity: 10, lineWidth: 1 } satisfies GraphFieldConfig;

const COLUMNS = 2;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 8;

/** The Grafana dashboard of the worker program: every metric of ours, and what of the SDK's tells about it. */
export function dashboard(): Dashboard {
  return {
    title: 'Durable PrivateLink',
    uid: 'durable-privatelink',
    description: 'VPC endpoints provisioned by Temporal workflows',
    tags: ['temporal', 'privatelink'],
    schemaVersion: 42,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', label: 'Data source', query: 'prometheus' },
        choice('account', 'Account'),
        choice('region', 'Region'),
      ],
    },
    panels: GRAPHS.map(panel),
  };
}

function choice(name: string, label: string): VariableModel {
  return {
    name,
    label,
    type: 'query',
    datasource: SOURCE,
    query: `label_values(pvl_api_calls, ${name})`,
    includeAll: true,
    multi: true,
    // Runs whose input was refused belong to no account and no region.
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  };
}

function panel({ title, description, unit, queries }: Graph, index: number): Panel {
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    description,
    datasource: SOURCE,
    gridPos: { x: (index % COLUMNS) * WIDTH, y: Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0, custom: { ...LINES } }, overrides: [] },
    targets: Object.entries(queries).map(([legendFormat, expr], number) => {
      return { refId: String.fromCharCode(65 + number), datasource: SOURCE, expr, legendFormat } satisfies Target;
    }),
  };
}
