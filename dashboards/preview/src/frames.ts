// Prometheus's answers as Grafana's data frames, by the rules of its Prometheus data source.
import { DataFrame, Field, FieldType } from '@grafana/data';

export type Labels = Record<string, string>;
export type Series = { metric: Labels; value?: [number, string]; values?: Array<[number, string]> };
export type Target = { refId: string; legendFormat?: string; format?: string; instant?: boolean };
export type Answers = Record<string, Series[]>;

export function frames(targets: Target[], answers: Answers, step: number): DataFrame[] {
  const tables = targets.filter((target) => target.format === 'table').length;
  return targets.flatMap((target) => {
    const found = answers[target.refId] ?? [];
    return target.format === 'table' ? table(target, found, tables > 1) : found.map((one) => curve(target, one, step));
  });
}

/** One frame for all series: a column for the time, one for each label, one for the value. */
function table(target: Target, found: Series[], several: boolean): DataFrame[] {
  if (!found.length) {
    return [];
  }
  const labels = [...new Set(found.flatMap((one) => Object.keys(one.metric)))].sort();
  const fields: Field[] = [
    field('Time', FieldType.time, found.map((one) => one.value![0] * 1000)),
    ...labels.map((label) => field(label, FieldType.string, found.map((one) => one.metric[label] ?? ''))),
    field(several ? `Value #${target.refId}` : 'Value', FieldType.number, found.map((one) => Number(one.value![1]))),
  ];
  return [{ refId: target.refId, fields, length: found.length }];
}

/** One frame a series; where samples are missing the curve has a hole (the data source fills it with null). */
function curve(target: Target, one: Series, step: number): DataFrame {
  const points = one.values ?? [one.value!];
  const times: number[] = [];
  const values: Array<number | null> = [];
  for (const [second, value] of points) {
    const time = second * 1000;
    for (let hole = (times.at(-1) ?? time) + step; one.values && hole < time - step / 2; hole += step) {
      times.push(hole);
      values.push(null);
    }
    times.push(time);
    values.push(Number(value));
  }
  const shown = field('Value', FieldType.number, values);
  shown.labels = one.metric;
  const legend = target.legendFormat;
  if (legend && legend !== '__auto') {
    shown.config = { displayNameFromDS: legend.replace(/{{\s*(\w+)\s*}}/g, (_, name) => one.metric[name] ?? '') };
  }
  return { refId: target.refId, fields: [field('Time', FieldType.time, times), shown], length: times.length };
}

function field(name: string, type: FieldType, values: unknown[]): Field {
  return { name, type, config: {}, values };
}
