/*
 * PVL_PLUGINS=examples/plugins/tracing.mjs, for the worker and for pvlctl: runs and their activities become OpenTelemetry traces,
 * which go to OTEL_EXPORTER_OTLP_ENDPOINT, http://localhost:4318 where it is not set.
 *
 * npm install @temporalio/interceptors-opentelemetry @opentelemetry/sdk-trace-node@1 @opentelemetry/resources@1
 *   @opentelemetry/exporter-trace-otlp-proto@0.57
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';
import { SimplePlugin } from '@temporalio/plugin';

const resource = new Resource({ 'service.name': process.env.OTEL_SERVICE_NAME ?? 'durable-privatelink' });
const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter(), { scheduledDelayMillis: 1_000 });
new NodeTracerProvider({ resource, spanProcessors: [spanProcessor] }).register();

export const plugins = [
  // The last spans go out before the worker does.
  new SimplePlugin({ name: 'flushTraces', runContext: (next) => next().finally(() => spanProcessor.forceFlush()) }),
  new OpenTelemetryPlugin({ resource, spanProcessor }),
];
