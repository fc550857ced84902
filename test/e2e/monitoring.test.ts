import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startLocalStack, type LocalStack } from '../../src/cli/local-stack.js';
import { ProvisioningClient } from '../../src/client/index.js';
import { WAIT_ACTIVITY_ID } from '../../src/contract/messages.js';
import { chooseFreePort } from '../../src/temporal/free-port.js';
import { startCommand, until, type RunningProgram } from '../support/program-process.js';
import { prometheusBinaries, type PrometheusBinaries } from '../support/prometheus.js';

/*
 * Alerts and dashboard with a real Prometheus, which scrapes a real worker that has met each kind of end, refusal and pause.
 */

const FOLDER = fileURLToPath(new URL('../../deploy/prometheus', import.meta.url));
const RULES = join(FOLDER, 'alerts.yml');
const WORKER_FILE = fileURLToPath(new URL('../../lib/worker.js', import.meta.url));
const RegionId = 'cn-monitored';
const LATER_MS = 3_600_000;
const run = promisify(execFile);

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

const rules = (
  parse(readFileSync(RULES, 'utf8')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);

const { panels, templating } = JSON.parse(
  readFileSync(new URL('../../deploy/grafana/durable-privatelink.json', import.meta.url), 'utf8'),
) as {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
};

/** As Grafana asks with everything chosen, over the shortest time that holds enough scrapes. */
const asked = (expr: string) => expr.replaceAll(/\$(account|region)\b/g, '.*').replaceAll('$__rate_interval', '30s');

const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, asked(expr)] as const));

/** Labels that take few values: ours, those of the SDK, and those of Prometheus. */
const OURS = ['account', 'action', 'after', 'by', 'class', 'code', 'namespace', 'of', 'outcome', 'region', 'type'];
const SDK = ['activityType', 'taskQueue', 'workflowType', 'service_name'];
const BOUNDED = [...OURS, ...SDK, '__name__', 'instance', 'job', 'le'];

let binaries: PrometheusBinaries;
beforeAll(async () => {
  binaries = await prometheusBinaries();
}, 300_000);

describe('the alerts', () => {
  it('are taken by promtool', async () => {
    const { stdout } = await run(binaries.promtool, ['check', 'rules', '--lint-fatal', RULES]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  it('fire when they should, and only then', async () => {
    const { stdout } = await run(binaries.promtool, ['test', 'rules', join(FOLDER, 'alerts.test.yml')]);
    expect(stdout).toContain('SUCCESS');
  });

  it('are read by the Prometheus of docker-compose.yml', async () => {
    const { configs } = parse(readFileSync(join(FOLDER, '../../docker-compose.yml'), 'utf8'), {
      maxAliasCount: -1,
    }) as {
      readonly configs: {
        readonly prometheus: { readonly content: string };
        readonly alerts: { readonly file: string };
      };
    };
    expect(configs.alerts.file).toBe('./deploy/prometheus/alerts.yml');
    const folder = mkdtempSync(join(tmpdir(), 'pvl-config-'));
    try {
      writeFileSync(join(folder, 'prometheus.yml'), configs.prometheus.content);
      writeFileSync(join(folder, 'alerts.yml'), readFileSync(RULES));
      const { stdout } = await run(binaries.promtool, ['check', 'config', join(folder, 'prometheus.yml')]);
      expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each(rules)('$alert would be missed by the test of the alerts if it never fired', async ({ alert, expr }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pvl-rules-'));
    try {
      const tests = readFileSync(join(FOLDER, 'alerts.test.yml'), 'utf8');
      const document = parse(readFileSync(RULES, 'utf8')) as { groups: { rules: { alert: string; expr: string }[] }[] };
      for (const rule of document.groups.flatMap((group) => group.rules)) {
        if (rule.alert === alert) rule.expr = `(${expr}) and on () vector(1) < 0`;
      }
      writeFileSync(join(folder, 'alerts.yml'), JSON.stringify(document));
      writeFileSync(join(folder, 'alerts.test.yml'), tests);
      const ended = run(binaries.promtool, ['test', 'rules', join(folder, 'alerts.test.yml')]);
      await expect(ended).rejects.toThrow('FAILED');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a worker that Prometheus scrapes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pvl-monitoring-'));
  let stack: LocalStack;
  let connection: Connection;
  let prometheus: RunningProgram;
  let url: string;

  /** What Prometheus answers; an expression that it cannot evaluate is an error with its words. */
  async function query(expr: string): Promise<readonly Series[]> {
    const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: expr }) });
    const body = (await answer.json()) as { status: string; error?: string; data?: { result: readonly Series[] } };
    if (body.status !== 'success' || body.data === undefined) throw new Error(`${expr}: ${body.error ?? ''}`);
    return body.data.result;
  }

  const valueOf = async (expr: string) => Number((await query(expr))[0]?.value[1] ?? 'NaN');

  beforeAll(async () => {
    const metrics = `127.0.0.1:${await chooseFreePort()}`;
    stack = await startLocalStack({
      logDirectory: folder,
      timeToActive: { afterMs: LATER_MS },
      workerFile: WORKER_FILE,
      workerEnv: {
        PVL_METRICS_ADDRESS: metrics,
        PVL_WATCH: 'always',
        PVL_CREATES_PER_MINUTE: '10000',
        PVL_READS_PER_MINUTE: '10000',
      },
      log: (text) => process.stderr.write(`${text}\n`),
    });
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [RULES],
      scrape_configs: [{ job_name: 'worker', static_configs: [{ targets: [metrics] }] }],
    };
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, JSON.stringify(config));
    const address = `127.0.0.1:${await chooseFreePort()}`;
    url = `http://${address}`;
    const flags = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ];
    prometheus = startCommand(binaries.prometheus, flags, { cwd: folder, env: process.env });
    await until('Prometheus is ready', async () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    ).catch((error: unknown) => {
      throw new Error(prometheus.stderr(), { cause: error });
    });
    const { address: server } = stack.temporal;
    connection = await Connection.connect({ address: server });
    const temporal = new Client({ connection });
    const client = new ProvisioningClient({ client: temporal, onWarning: () => undefined });
    const request = (VpcId: string) => {
      return { RegionId, VpcId, ServiceId: 'epsrv-1', EndpointName: `at-${VpcId}`, SecurityGroupId: ['sg-1'] };
    };
    const faults = (code: string, times: number) => {
      stack.twin.faults.add({ action: 'CreateVpcEndpoint', effect: { kind: 'code', code }, times });
    };

    // Until it has been scraped without them: the first event of a counter is no increase.
    await until('the worker is scraped', async () => (await valueOf('pvl_runs_open')) === 0);

    const start = async (VpcId: string) => (await client.start({ request: request(VpcId) })).workflowId;
    /** Start a run, and go on once it waits for its endpoint. */
    const waiting = async (VpcId: string) => {
      const workflowId = await start(VpcId);
      await until('it waits', async () => {
        const { raw } = await temporal.workflow.getHandle(workflowId).describe();
        return raw.pendingActivities?.some(({ activityId }) => activityId === WAIT_ACTIVITY_ID) === true;
      });
      return workflowId;
    };
    const ended = async (workflowId: string) => {
      await client.result(workflowId).catch(() => undefined);
    };
    const ready = await waiting('vpc-ready');
    const kept = await waiting('vpc-kept');
    // The lag counts from when the watcher saw an endpoint on its way.
    await until('the watcher sees both', async () => (await valueOf('pvl_watch_pending')) === 2);
    await temporal.workflow.getHandle(kept).cancel();
    await ended(kept);
    stack.twin.advance(LATER_MS);
    await client.result(ready);
    faults('VpcNotFound', 1);
    await ended(await start('vpc-refused'));
    await temporal.workflow
      .execute('provisionVpcEndpoint', { taskQueue: 'privatelink', workflowId: 'typo', args: [{ request: {} }] })
      .catch(() => undefined);
    faults('QuotaExceeded.totalEpPerVpc', 1_000);
    await start('vpc-parked');
    await until('a run is parked', async () => (await valueOf('pvl_runs_parked')) === 1);
  }, 180_000);
  afterAll(async () => {
    prometheus.kill('SIGTERM');
    await prometheus.ended;
    await connection.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(queries)('answers what the dashboard asks for %s: %s', async (_, expr) => {
    const answers = async () => {
      const series = await query(expr);
      return series.length > 0;
    };
    await until('there are series', answers);
    expect((await query(expr)).length).toBeGreaterThan(0);
  });

  it.each(rules)('evaluates $alert', async ({ expr }) => {
    await expect(query(expr)).resolves.toBeInstanceOf(Array);
  });

  it('knows the alerts, and none of them has an error', async () => {
    const answer = await fetch(`${url}/api/v1/rules`);
    const { data } = (await answer.json()) as {
      data: { groups: readonly { rules: readonly { name: string; health: string; lastError?: string }[] }[] };
    };
    const told = data.groups.flatMap((group) => group.rules);
    expect(told.map(({ name }) => name)).toEqual(rules.map(({ alert }) => alert));
    expect(told.filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it.each(templating.list.filter(({ name }) => name !== 'datasource'))(
    'has values for the choice $name',
    async ({ name, query: values }) => {
      expect(values).toBe(`label_values(pvl_api_calls, ${name})`);
      const series = await query(`count by (${name}) (pvl_api_calls)`);
      expect(series.map(({ metric }) => metric[name])).toEqual([name === 'region' ? RegionId : 'default']);
    },
  );

  it('has no label that takes endless values', async () => {
    const series = await query('{__name__=~"pvl_.*"}');
    const labels = new Set(series.flatMap(({ metric }) => Object.keys(metric)));
    expect([...labels].filter((label) => !BOUNDED.includes(label))).toEqual([]);
    const text = JSON.stringify(series);
    expect(text).not.toMatch(/ep-[a-z0-9]{6,}|vpc-|testid|testsecret/);
  });

  it('counts each end once', async () => {
    const series = await query('sum by (outcome, type, class) (pvl_runs_ended)');
    const ends = Object.fromEntries(
      series.map(({ metric, value }) => [
        [metric.outcome, metric.type, metric.class].join(' ').trim(),
        Number(value[1]),
      ]),
    );
    expect(ends).toEqual({
      created: 1,
      cancelled: 1,
      'failed RequestRejected invalid': 1,
      'failed InvalidInput invalid': 1,
    });
  });
});
