// Geomap and state timeline are part of Grafana's core and not published: these stand in for them. Colours and words still
// come from Grafana's own thresholds and mappings.
import { Field, FieldType, getFieldDisplayName } from '@grafana/data';
import React from 'react';
import type { Drawn } from './panels';

const ROW_TEXT = 12;

export function StateTimeline({ panel, frames, width, height, theme, range }: Drawn) {
  const legend = 24;
  const shown = frames.slice(0, panel.options?.perPage ?? 20);
  const names = shown.map((frame) => getFieldDisplayName(value(frame.fields), frame, frames));
  const left = Math.min(260, Math.max(...names.map((name) => name.length)) * 7 + 12);
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const across = (time: number) => left + ((time - from) / (to - from)) * (width - left);
  const row = (height - legend - 20) / shown.length;
  const words = new Map<string, string>();
  const bars = shown.flatMap((frame, index) => {
    const [times, states] = [frame.fields[0].values, value(frame.fields)];
    return merged(times, states.values).map(([start, end, state], place) => {
      const display = states.display!(state);
      words.set(display.text, display.color!);
      return <rect key={`${index}/${place}`} x={across(start)} width={Math.max(1, across(end) - across(start))}
        y={index * row + row * 0.05} height={row * 0.9} fill={display.color} />;
    });
  });
  const hours = ticks(from, to);
  return (
    <svg width={width} height={height} fontSize={ROW_TEXT} fill={theme.colors.text.primary}>
      {names.map((name, index) => <text key={index} x={left - 8} textAnchor="end" y={index * row + row / 2 + 4}>{name}</text>)}
      {bars}
      {hours.map((time) => (
        <text key={time} x={across(time)} y={height - legend - 4} textAnchor="middle" fill={theme.colors.text.secondary}>
          {new Date(time).toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' })}
        </text>
      ))}
      {[...words].map(([word, color], index) => (
        <g key={word} transform={`translate(${8 + index * 110}, ${height - 16})`}>
          <rect width={12} height={4} y={5} fill={color} /><text x={18} y={11}>{word}</text>
        </g>
      ))}
      {frames.length > shown.length && <text x={width - 8} y={height - 5} textAnchor="end">1 / {Math.ceil(frames.length / shown.length)}</text>}
    </svg>
  );
}

function value(fields: Field[]): Field {
  return fields.find((field) => field.type === FieldType.number)!;
}

/** Runs of one state; a hole in the samples is drawn as a hole. */
function merged(times: number[], states: Array<number | null>): Array<[number, number, number]> {
  const runs: Array<[number, number, number]> = [];
  times.forEach((time, index) => {
    const state = states[index];
    if (state === null) {
      return;
    }
    const next = times[index + 1] ?? time;
    const last = runs.at(-1);
    if (last && last[2] === state && last[1] === time) {
      last[1] = next;
    } else {
      runs.push([time, next, state]);
    }
  });
  return runs;
}

function ticks(from: number, to: number): number[] {
  const hour = 3_600_000;
  const first = Math.ceil(from / hour) * hour;
  return Array.from({ length: Math.floor((to - first) / hour) + 1 }, (_, index) => first + index * hour);
}

export function UnitMap({ panel, frames, width, height, theme }: Drawn) {
  const layer = panel.options!.layers[0];
  const named = (name: string) => frames[0].fields.find((field) => [field.name, getFieldDisplayName(field, frames[0])].includes(name));
  const [north, east] = [named(layer.location.latitude), named(layer.location.longitude)];
  const color = named(layer.config.style.color.field);
  const words = named(layer.config.style.text.field);
  const numeric = [north, east].every((field) => field && field.values.every((one) => Number.isFinite(one)));
  if (!numeric || !color) {
    return <p className="fault">no numeric position: {layer.location.latitude}, {layer.location.longitude}</p>;
  }
  // Web Mercator, fitted to the markers as the view "fit" does.
  const { padding = 5, maxZoom = 18 } = panel.options!.view;
  const down = (degrees: number) => Math.log(Math.tan(Math.PI / 4 + (degrees * Math.PI) / 360));
  const xs = east!.values.map((degrees: number) => (degrees * Math.PI) / 180);
  const ys = north!.values.map(down);
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = 1 - padding / 50;
  const scale = Math.min((width * room) / (right - left || 1), (height * room) / (top - bottom || 1),
    (256 / (2 * Math.PI)) * 2 ** maxZoom);
  const x = (index: number) => width / 2 + (xs[index] - (left + right) / 2) * scale;
  const y = (index: number) => height / 2 - (ys[index] - (bottom + top) / 2) * scale;
  return (
    <svg width={width} height={height} fontSize={12} style={{ background: theme.colors.background.secondary }}>
      {Array.from({ length: frames[0].length }, (_, index) => (
        <g key={index} transform={`translate(${x(index)}, ${y(index)})`}>
          <circle r={layer.config.style.size.fixed} opacity={layer.config.style.opacity}
            fill={color.display!(color.values[index]).color} />
          <text dy={(layer.config.style.textConfig?.offsetY ?? 0) + 4} textAnchor="middle" fill={theme.colors.text.primary}>{words?.values[index]}</text>
        </g>
      ))}
    </svg>
  );
}
